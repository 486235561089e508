# Microsoft : l’identifiant client, puis la connexion, puis les sites.
microsoft-why = Microsoft veut savoir quel programme lit vos données. Vous allez donc l’inscrire une fois (un « identifiant client ») : c’est gratuit et cela prend environ cinq minutes. Gardez cette fenêtre à côté de votre navigateur.
microsoft-have-id = J’ai déjà un identifiant client
microsoft-step-open = Ouvrir les inscriptions
microsoft-step-open-words = Ouvrez la page et connectez-vous, de préférence avec un compte de votre organisation. Elle montre les « Inscriptions d’applications » (« App registrations »).
    Si Microsoft dit que votre compte personnel n’a pas d’annuaire : demandez à une personne dont l’association a Microsoft 365 de suivre ces quatre étapes. Son identifiant client fonctionne aussi pour votre compte.
microsoft-step-register = Inscrire le programme
microsoft-step-register-words = Cliquez sur « Nouvelle inscription » (« New registration »). Le nom est libre, par exemple « Transhumance ».
    « Types de comptes pris en charge » (« Supported account types ») : le choix qui nomme tout annuaire d’organisation (ou tout locataire Entra ID) et les comptes Microsoft personnels.
    « URI de redirection » (« Redirect URI ») : choisissez « Client public/natif (mobile et bureau) » (« Public client/native ») et saisissez cette adresse. Cliquez ensuite sur « S’inscrire » (« Register »).
microsoft-step-public = L’autoriser sur votre ordinateur
microsoft-step-public-words = À gauche, ouvrez « Authentification » (« Authentication »), puis l’onglet « Paramètres » (« Settings ») s’il existe.
    Mettez « Autoriser les flux clients publics » (« Allow public client flows ») sur « Oui », puis cliquez sur « Enregistrer » (« Save »).
microsoft-step-id = Donner l’identifiant au programme
microsoft-step-id-words = À gauche, ouvrez « Vue d’ensemble » (« Overview »). Copiez la ligne « ID d’application (client) » (« Application (client) ID ») et collez-la ici. Les lignes d’en dessous, « ID d’objet » et « ID de l’annuaire (locataire) », se ressemblent mais ne conviennent pas.
microsoft-id = Identifiant client (« ID d’application »)
microsoft-id-help = 36 caractères : des chiffres, des lettres de a à f et quatre tirets. Il n’est pas secret.
microsoft-id-wrong = Ce n’est pas un identifiant client : il n’a que des chiffres, des lettres de a à f et des tirets, comme dans l’exemple. Copiez la ligne « ID d’application (client) », et non le nom ou un code secret.
microsoft-id-go = Continuer avec cet identifiant
microsoft-id-there = L’identifiant client est là
microsoft-other-id = Changer d’identifiant
microsoft-kinds = Quel genre de compte doit déménager ?
microsoft-kind-personal = Personnel
microsoft-kind-personal-help = Un compte à vous, comme …@outlook.fr ou …@hotmail.com. Son OneDrive est lu.
microsoft-kind-work = D’une organisation
microsoft-kind-work-help = Un compte donné par votre association, votre employeur ou votre école. Son OneDrive est lu, ainsi que les sites SharePoint et les équipes Teams que vous choisirez.
microsoft-kind-any = Je ne sais pas
microsoft-kind-any-help = Microsoft le trouve tout seul. Si c’est celui d’une organisation, ses sites pourront être choisis ensuite.
microsoft-domain = Domaine de l’organisation (facultatif)
microsoft-domain-help = Seulement si l’identifiant client ne vaut que pour cette organisation, par exemple canard.onmicrosoft.com.
microsoft-domain-wrong = Un domaine n’a que des lettres, des chiffres, des points et des tirets, par exemple canard.onmicrosoft.com.
microsoft-sign-in-words = Connectez-vous maintenant avec le compte dont les fichiers doivent déménager. Tout se passe dans votre navigateur ; le programme ne voit jamais votre mot de passe.
microsoft-sign-in = Se connecter à Microsoft
microsoft-by-code = Sur un autre appareil, avec un code
microsoft-checking = Le compte Microsoft est vérifié…
microsoft-waiting-words = Choisissez votre compte et acceptez la lecture des fichiers. Cette page avance toute seule ensuite.
microsoft-approval = Microsoft demande l’approbation de l’administration ?
microsoft-code-waiting = En attente de la saisie du code…
microsoft-code-words =
    { $n ->
        [one] Ouvrez cette page dans un navigateur, sur n’importe quel ordinateur ou téléphone, et saisissez-y le code dans { $n } minute au plus. Cette fenêtre avance toute seule ensuite.
       *[other] Ouvrez cette page dans un navigateur, sur n’importe quel ordinateur ou téléphone, et saisissez-y le code dans les { $n } minutes. Cette fenêtre avance toute seule ensuite.
    }
microsoft-code-name = Le code est { $code }
microsoft-code-copy = Copier le code
microsoft-administrator = Une lettre pour l’administration
microsoft-administrator-words = Dans votre organisation, seule l’administration peut autoriser ce programme. Envoyez-lui cette lettre ; une fois que c’est accepté, connectez-vous à nouveau ici. Si l’administration, c’est vous, ouvrez la page.
microsoft-consent-page = La page d’autorisation
microsoft-letter-copy = Copier la lettre
microsoft-letter-target = notre Nextcloud
microsoft-signed-out = La connexion à Microsoft n’est plus gardée sur cet ordinateur. Connectez-vous à nouveau.
microsoft-connected = Connecté·e à Microsoft
microsoft-what-personal = Le OneDrive de ce compte personnel sera lu, avec les dossiers partagés qui y ont été ajoutés, puis ses agendas, contacts et tâches si vous les emportez.
microsoft-what-work = Le OneDrive de ce compte d’organisation sera lu, avec les dossiers partagés qui y ont été ajoutés, puis ses agendas, contacts et tâches si vous les emportez.
microsoft-sites-ask = Ce compte est celui d’une organisation. Pour emporter aussi des sites SharePoint ou des équipes Teams, connectez-vous encore une fois afin qu’ils puissent être lus.
microsoft-sites-sign-in = Se connecter et choisir des sites
microsoft-read-only = En lecture seule. Vous pourrez faire oublier cet accès à la fin, depuis le bilan.
microsoft-practice-words = C’est le faux Microsoft de la répétition. Vous pouvez continuer, ou vous entraîner à vous connecter.

sites-title = Sites SharePoint et équipes Teams
sites-words = Cochez ceux dont les fichiers doivent déménager aussi. Chacun arrive dans un dossier à lui.
sites-listing = Recherche des sites et des équipes…
sites-none = Ce compte ne voit ni site ni équipe. Il n’y a rien à choisir.
sites-filter = Chercher par nom ou par adresse
sites-nothing-found = Aucun site, aucune équipe ne porte ce nom.
sites-is-team = Équipe · { $address }
sites-is-site = Site · { $address }
sites-more =
    { $n ->
        [one] Encore { $n } : écrivez ci-dessus une partie de son nom.
       *[other] Encore { $n } : écrivez ci-dessus une partie de leur nom.
    }
sites-chosen =
    { $n ->
        [0] Aucun choix : seul le OneDrive déménage.
        [one] { $n } choisi.
       *[other] { $n } choisis.
    }
sites-astray = Le compte ne voit pas ceux-ci, qui avaient été choisis. Retirez-les, ou connectez-vous avec le compte qui les voit.
