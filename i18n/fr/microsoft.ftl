# La connexion à Microsoft, et ce que ses comptes ont de particulier.
microsoft-revoke-by-hand = Microsoft ne laisse aucun programme mettre fin à son propre accès : il est oublié sur cet ordinateur. Pour y mettre fin tout à fait, retirez Transhumance sur https://account.live.com/consent/Manage (comptes personnels) ou https://myapps.microsoft.com (comptes professionnels et scolaires).

microsoft-letter-follows = Dans votre organisation, seule l’administration peut autoriser ce programme. Voici une lettre que vous pouvez envoyer telle quelle :
microsoft-letter =
    Objet : autorisation pour déménager les fichiers de notre association vers Nextcloud

    Bonjour,

    nous déménageons nos fichiers de OneDrive et SharePoint vers { $target } avec Transhumance, un logiciel libre qui fonctionne sur notre propre ordinateur : les fichiers vont de Microsoft directement à notre Nextcloud, sans intermédiaire.

    Les réglages de notre organisation veulent qu’une personne de l’administration l’autorise. Pourriez-vous ouvrir cette page, vous y connecter avec votre compte d’administration et accepter ?

    { $link }

    Le programme ne demande qu’à lire. Il ne peut rien modifier ni supprimer :
    - User.Read : le nom du compte qui se connecte ;
    - Files.Read.All : les fichiers que ce compte peut lire de toute façon ;
    - Sites.Read.All, Team.ReadBasic.All, Channel.ReadBasic.All : retrouver les sites et les équipes où ils se trouvent ;
    - Calendars.Read, Calendars.Read.Shared, Contacts.Read, Tasks.Read : les agendas, les contacts et les tâches de ce compte, si la page les nomme.

    L’identifiant de l’application est { $client }. Une fois que vous aurez accepté, le navigateur dira peut-être qu’il ne peut pas ouvrir « localhost » : c’est normal, tout est fait. Vous pouvez retirer l’autorisation à tout moment, dans le centre d’administration Microsoft Entra, sous « Applications d’entreprise ».

    Merci beaucoup !

microsoft-admin-consent = Votre organisation n’a pas encore autorisé cet accès ({ $detail }). Connectez-vous à nouveau avec : { $login }
    Si seule l’administration peut l’autoriser, cette commande écrit une lettre que vous pourrez lui envoyer.
    .window = Votre organisation n’a pas encore autorisé cet accès ({ $detail }). Si seule l’administration peut l’autoriser, une lettre est prête à lui être envoyée.
microsoft-admin-policy = Les règles de votre organisation écartent ce programme ou ce compte. Adressez-vous à son administration ; l’identifiant de l’application est « client_id » dans le fichier de migration.
    .window = Les règles de votre organisation écartent ce programme ou ce compte. Adressez-vous à son administration ; l’identifiant de l’application est l’identifiant client que vous avez saisi.
microsoft-sign-in-again = La connexion à Microsoft a pris fin ({ $detail }). Connectez-vous à nouveau avec : { $login }
    .window = La connexion à Microsoft a pris fin ({ $detail }). Connectez-vous à nouveau.
microsoft-unknown-client = Microsoft ne connaît pas ici cet identifiant client ({ $detail }). Comparez-le avec « ID d’application » dans le centre d’administration Microsoft Entra, et « tenant » avec votre organisation ; puis connectez-vous à nouveau avec : { $login }
    .window = Microsoft ne connaît pas ici cet identifiant client ({ $detail }). Comparez-le avec « ID d’application » dans le centre d’administration Microsoft Entra, et l’organisation avec la vôtre ; puis connectez-vous à nouveau.
microsoft-wrong-account-type = Cet identifiant client n’est pas fait pour ce genre de compte ({ $detail }). Dans le centre d’administration Microsoft Entra, choisissez les comptes de toute organisation et les comptes personnels, ou corrigez « tenant » dans le fichier de migration ; puis connectez-vous à nouveau avec : { $login }
    .window = Cet identifiant client n’est pas fait pour ce genre de compte ({ $detail }). Dans le centre d’administration Microsoft Entra, choisissez les comptes de toute organisation et les comptes personnels, ou choisissez ici un autre genre de compte ; puis connectez-vous à nouveau.
microsoft-not-public = Microsoft veut un code secret, qu’un programme installé chez les gens ne peut pas garder ({ $detail }). Dans le centre d’administration Microsoft Entra, sous « Authentification », mettez « Autoriser les flux clients publics » sur oui, puis connectez-vous à nouveau avec : { $login }
    .window = Microsoft veut un code secret, qu’un programme installé chez les gens ne peut pas garder ({ $detail }). Dans le centre d’administration Microsoft Entra, sous « Authentification », mettez « Autoriser les flux clients publics » sur oui, puis connectez-vous à nouveau.
microsoft-redirect-mismatch = Cet identifiant client ne laisse pas le navigateur revenir vers cet ordinateur. Dans le centre d’administration Microsoft Entra, sous « Authentification », ajoutez la plateforme « Applications mobiles et de bureau » avec l’adresse http://localhost, puis connectez-vous à nouveau avec : { $login }
    .window = Cet identifiant client ne laisse pas le navigateur revenir vers cet ordinateur. Dans le centre d’administration Microsoft Entra, sous « Authentification », ajoutez la plateforme « Applications mobiles et de bureau » avec l’adresse http://localhost, puis connectez-vous à nouveau.
microsoft-code-expired = Personne n’a saisi le code à temps. Recommencez avec : { $login }
    .window = Personne n’a saisi le code à temps. Recommencez.
microsoft-scope-missing = Tout ce qui est nécessaire n’a pas été autorisé ({ $detail }). Recommencez avec : { $login }
    .window = Tout ce qui est nécessaire n’a pas été autorisé ({ $detail }). Recommencez.
microsoft-no-refresh-token = Microsoft a donné un accès qui prend fin au bout d’une heure. Recommencez avec : { $login }
    .window = Microsoft a donné un accès qui prend fin au bout d’une heure. Recommencez.
microsoft-unavailable = Microsoft a lui-même un problème en ce moment. Relancez plus tard ; ce qui est fait reste acquis.
microsoft-unreachable = Pas de connexion à Microsoft ({ $detail }). Vérifiez votre connexion internet, puis relancez ; ce qui est fait reste acquis.
microsoft-protocol = Ce qui répond à la place de Microsoft est incompréhensible ({ $detail }). Un accès Wi-Fi ou le serveur mandataire d’une entreprise s’interpose peut-être ; essayez depuis un autre réseau.
microsoft-other = Microsoft a refusé ({ $detail }). Relancez plus tard ; si cela persiste, le journal technique en dit plus.
microsoft-no-drive = Ce compte n’a pas de OneDrive ({ $detail }). Ouvrez une fois avec lui https://onedrive.live.com, ou le OneDrive de votre organisation, dans le navigateur, ou connectez-vous avec un autre compte ; puis relancez.
microsoft-no-sites = Les comptes Microsoft personnels n’ont pas de sites. Retirez « sites » du fichier de migration, ou connectez-vous avec un compte professionnel ou scolaire.
    .window = Les comptes Microsoft personnels n’ont pas de sites. Retirez les sites, ou connectez-vous avec un compte professionnel ou scolaire.
microsoft-site-not-found = Le compte ne voit pas un site ou une équipe, et un seul, du nom de « { $wanted } ». Corrigez « sites » dans le fichier de migration ; voici ceux qu’il voit :{ $found }
    .window = Le compte ne voit pas un site ou une équipe, et un seul, du nom de « { $wanted } ». Voici ceux qu’il voit :{ $found }

# Le dossier de la cible qui contient un dossier par bibliothèque.
folder-sites = Sites et équipes

# Pourquoi un élément a sa décision ou son issue, quand seul Microsoft en a de tels.
reason-malware = Microsoft y a trouvé un virus et ne le donne pas. Si vous lui faites confiance, téléchargez-le à la main dans le navigateur et mettez-le dans votre Nextcloud.
reason-onenote = C’est un bloc-notes OneNote, ou une partie de bloc-notes, qu’aucun programme ne peut lire comme un fichier. Ouvrez-le dans OneNote sur l’ordinateur et exportez-le, en PDF par exemple.
reason-personal-vault = C’est le Coffre-fort personnel, que seule la personne à qui il est peut ouvrir. Ouvrez-le dans OneDrive et copiez vous-même ce que vous voulez emporter.
reason-retention-locked = Une règle de conservation de votre organisation retient ce document. Demandez l’accès à son administration, puis relancez.
reason-source-locked = Il est verrouillé à la source : quelqu’un y travaille, ou une règle le protège. Relancez dans un moment ; si cela persiste, adressez-vous à l’administration.
reason-source-misstated = La source annonce une autre taille ou une autre empreinte que celle de ce qu’elle donne, comme SharePoint le fait avec les documents bureautiques et les photos animées des iPhone (seule l’image fixe est donnée). Ce qu’elle a donné deux fois pareil est bien arrivé ; ouvrez-le une fois pour en avoir le cœur net.
