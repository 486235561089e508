# Ce qui a arrêté une commande : ce qui s'est passé, et ce qu'il faut faire.
# $host est une adresse, $login la commande qui connecte à nouveau.

detail-none = sans précision

dav-unauthorized = { $host } n’accepte pas cette connexion : le nom ou le mot de passe est faux, ou le mot de passe d’application a été retiré. Connectez-vous à nouveau avec : { $login }
    .window = { $host } n’accepte pas cette connexion : le nom ou le mot de passe est faux, ou le mot de passe d’application a été retiré. Connectez-vous à nouveau.
dav-account-disabled = Le compte sur { $host } est désactivé. Demandez à la personne qui l’administre de le réactiver, puis relancez.
dav-app-password = { $host } n’accepte que des mots de passe d’application. Connectez-vous avec : { $login }
    .window = { $host } n’accepte que des mots de passe d’application. Connectez-vous par le navigateur.
dav-brute-forced = { $host } refuse pour un moment les connexions depuis votre adresse internet, après trop de mots de passe faux (peut-être ceux de quelqu’un d’autre). Attendez 30 minutes, puis relancez.
dav-throttled = { $host } est surchargé et demande une pause. Relancez plus tard ; ce qui est fait reste acquis.
dav-maintenance = { $host } est en maintenance. Relancez quand elle sera terminée ; la personne qui l’administre sait quand.
dav-login-page = À l’adresse { $host }, c’est une page de connexion qui répond et non un Nextcloud : peut-être celle d’un accès Wi-Fi ou d’une entreprise. Ouvrez l’adresse dans le navigateur, puis relancez.
dav-web-page = À l’adresse { $host } se trouve une page web, mais pas de Nextcloud. Dans le navigateur, ouvrez vos fichiers dans le Nextcloud et copiez l’adresse jusqu’à ce qui précède « /apps » ou « /index.php ».
dav-not-nextcloud = Ce qui répond à l’adresse { $host } n’est pas un Nextcloud ({ $detail }). Dans le navigateur, ouvrez vos fichiers dans le Nextcloud et copiez l’adresse jusqu’à ce qui précède « /apps » ou « /index.php ».
dav-redirected = { $host } nous renvoie vers { $to }. Si c’est le bon endroit, mettez cette adresse dans le fichier de migration.
    .window = { $host } nous renvoie vers { $to }. Si c’est le bon endroit, mettez plutôt cette adresse.
dav-insecure = { $host } serait contacté sans chiffrement, ce qui n’est possible que pour cet ordinateur. Écrivez https:// dans le fichier de migration.
    .window = { $host } serait contacté sans chiffrement, ce qui n’est possible que pour cet ordinateur. Écrivez https:// devant l’adresse.
dav-certificate = Le certificat de { $host } n’est pas digne de confiance ({ $detail }) ; rien n’a été envoyé. Vérifiez l’adresse et la date de cet ordinateur ; si elles sont justes, la personne qui administre le serveur doit renouveler le certificat.
dav-unreachable = Pas de connexion à { $host } ({ $detail }). Vérifiez l’adresse et votre connexion internet, puis relancez ; ce qui est fait reste acquis.
dav-too-old = { $host } utilise Nextcloud { $version }, alors qu’il faut au moins la version 28. Demandez une mise à jour à la personne qui l’administre.
dav-untrusted-domain = Le Nextcloud ne se connaît pas sous l’adresse { $host }. Prenez l’adresse que montre le navigateur, ou demandez à la personne qui l’administre d’ajouter celle-ci à ses « trusted_domains ».
dav-not-found = { $host } n’a pas ce dossier. Vérifiez « folder » dans le fichier de migration.
    .window = { $host } n’a pas ce dossier. Vérifiez le nom du dossier.
dav-full = { $host } n’a plus de place. Faites de la place ou demandez davantage d’espace, puis relancez.
dav-refused = { $host } a refusé une requête ({ $detail }). La personne qui l’administre pourra vous en dire plus.
dav-temporary = { $host } a échoué à plusieurs reprises ({ $detail }). Relancez plus tard ; ce qui est fait reste acquis.
dav-protocol = { $host } a donné une réponse incompréhensible ({ $detail }). Relancez ; si cela persiste, le journal technique en dit plus.

login-program-refused = { $host } ne laisse pas ce programme se connecter par le navigateur. Créez un mot de passe d’application dans ses paramètres, sous « Sécurité », et donnez-le par TRANSHUMANCE_TARGET_PASSWORD ou TRANSHUMANCE_SOURCE_PASSWORD.
    .window = { $host } ne laisse pas ce programme se connecter par le navigateur. Demandez à la personne qui l’administre de l’autoriser.
login-expired = Personne ne s’est connecté en 20 minutes ; la demande a été abandonnée. Recommencez avec : { $login }
    .window = Personne ne s’est connecté en 20 minutes ; la demande a été abandonnée. Recommencez.
login-cancelled = La connexion a été arrêtée ; rien n’a été gardé. Recommencez avec : { $login }
    .window = La connexion a été arrêtée ; rien n’a été gardé.
login-other-account = Vous vous êtes connecté·e à { $host } avec le compte « { $found } », mais le fichier de migration dit « { $wanted } ». Déconnectez-vous dans le navigateur et recommencez, ou corrigez « user » dans le fichier de migration.
    .window = Vous vous êtes connecté·e à { $host } avec le compte « { $found } », mais ce déménagement attend « { $wanted } ». Déconnectez-vous dans le navigateur et recommencez.

oauth-access-denied = L’accès a été refusé dans le navigateur. Si ce n’était pas voulu, recommencez avec : { $login }
    .window = L’accès a été refusé dans le navigateur. Si ce n’était pas voulu, recommencez.
oauth-sign-in-again = La connexion à Google a pris fin ({ $detail }). Connectez-vous à nouveau avec : { $login }
    Si cela arrive tous les 7 jours, votre projet Google est encore « En test » : dans la console Google Cloud, sous « Audience », cliquez sur « Publier l’application ».
    .window = La connexion à Google a pris fin ({ $detail }). Connectez-vous à nouveau. Si cela arrive tous les 7 jours, votre projet Google est encore « En test » : dans la console Google Cloud, sous « Audience », cliquez sur « Publier l’application ».
oauth-unknown-client = Google ne connaît pas cet identifiant client ou ce code secret ({ $detail }). Comparez-les avec la console Google Cloud, puis connectez-vous à nouveau avec : { $login }
    .window = Google ne connaît pas cet identifiant client ou ce code secret ({ $detail }). Comparez-les avec la console Google Cloud, puis connectez-vous à nouveau.
oauth-deleted-client = L’identifiant client a été supprimé dans la console Google Cloud (Google le fait aussi après six mois sans usage). Créez-en un nouveau, mettez-le dans le fichier de migration, puis connectez-vous avec : { $login }
    .window = L’identifiant client a été supprimé dans la console Google Cloud (Google le fait aussi après six mois sans usage). Créez-en un nouveau, donnez-le à l’étape « D’où », puis connectez-vous.
oauth-admin-policy = L’administration de votre Google Workspace n’autorise pas cet identifiant client. Demandez-lui de l’approuver, sous « Commandes des API » dans la console d’administration.
oauth-org-internal = Cet identifiant client est réservé aux membres d’une autre organisation. Créez le vôtre ; README.fr.md explique comment.
    .window = Cet identifiant client est réservé aux membres d’une autre organisation. Créez le vôtre ; l’étape « D’où » explique comment.
oauth-redirect-mismatch = Cet identifiant client n’est pas du type « Application de bureau ». Créez-en un de ce type ; README.fr.md explique comment.
    .window = Cet identifiant client n’est pas du type « Application de bureau ». Créez-en un de ce type ; l’étape « D’où » explique comment.
oauth-secret-missing = Il manque le code secret du client. Donnez-le avec : { $login }
    .window = Il manque le code secret du client. Donnez-le à l’étape « D’où ».
oauth-scope-missing = Rien n’a été coché dans le navigateur, ou pas tout ce qu’il faut ({ $detail }). Recommencez en cochant tout : { $login }
    .window = Rien n’a été coché dans le navigateur, ou pas tout ce qu’il faut ({ $detail }). Recommencez en cochant tout.
oauth-no-refresh-token = Google a donné un accès qui prend fin au bout d’une heure. Recommencez avec : { $login }
    .window = Google a donné un accès qui prend fin au bout d’une heure. Recommencez.
oauth-other = Google a refusé la connexion ({ $detail }). Recommencez avec : { $login }
    .window = Google a refusé la connexion ({ $detail }). Recommencez.
oauth-listener = Le retour du navigateur vers ce programme n’a pas pu être préparé : { $cause }. Relancez ; un pare-feu est peut-être en travers.
oauth-unavailable = Google a lui-même un problème en ce moment. Relancez plus tard ; ce qui est fait reste acquis.
oauth-unreachable = Pas de connexion à Google ({ $detail }). Vérifiez votre connexion internet, puis relancez ; ce qui est fait reste acquis.
oauth-protocol = Ce qui répond à la place de Google est incompréhensible ({ $detail }). Un accès Wi-Fi ou le serveur mandataire d’une entreprise s’interpose peut-être ; essayez depuis un autre réseau.

google-scope-missing = La connexion ne permet pas de lire tout ce qui doit être déménagé. Connectez-vous à nouveau en cochant tout dans le navigateur : { $login }
    .window = La connexion ne permet pas de lire tout ce qui doit être déménagé. Connectez-vous à nouveau en cochant tout dans le navigateur.
google-api-not-enabled = « { $api } » n’est pas activée dans votre projet Google. Activez-la ici, attendez quelques minutes, puis relancez : { $link }
google-other = Google a refusé ({ $detail }). Relancez plus tard ; si cela persiste, le journal technique en dit plus.

ledger-in-use = Une autre copie du programme travaille à cette migration. Attendez qu’elle finisse, ou arrêtez-la, puis relancez.
ledger-newer = L’état de cette migration ({ $path }) a été écrit par une version plus récente du programme. Prenez cette version, ou une plus récente encore.
ledger-damaged = L’état de cette migration était abîmé et a été mis de côté sous { $kept } ; rien n’en a été supprimé. Relancez : l’inventaire recommence, et ce qui est déjà arrivé est retrouvé et conservé.
ledger-not-writable = L’état de cette migration ({ $path }) ne peut pas être écrit : { $cause }. Donnez-vous le droit d’y écrire, ou indiquez un autre dossier avec --data-dir.
    .window = L’état de cette migration ({ $path }) ne peut pas être écrit : { $cause }. Donnez-vous le droit d’y écrire, puis réessayez.
ledger-disk-full = Le disque où se trouve { $path } est plein. Faites de la place, puis relancez ; ce qui est fait reste acquis.
ledger-database = L’état de cette migration ({ $path }) est inutilisable ({ $detail }). Vérifiez que le disque fonctionne et qu’il a de la place, puis relancez.

source-unauthorized = La source n’accepte pas cette connexion ({ $detail }). Connectez-vous à nouveau avec : { $login }
    .window = La source n’accepte pas cette connexion ({ $detail }). Connectez-vous à nouveau.
source-unreadable = Le dossier source ne peut pas être lu : { $cause }. Donnez-vous le droit de le lire, ou branchez le disque où il se trouve.
source-forbidden = La source ne permet pas à ce compte de la lire ({ $detail }). Demandez l’accès à la personne à qui elle appartient, puis relancez.
source-gone = La source n’est plus là. Vérifiez son adresse ou son chemin dans le fichier de migration.
    .window = La source n’est plus là. Vérifiez son adresse ou son chemin à l’étape « D’où ».
source-temporary = La source a échoué à plusieurs reprises ({ $detail }). Relancez plus tard ; ce qui est fait reste acquis.
source-unreachable = Pas de connexion à la source ({ $detail }). Vérifiez votre connexion internet, puis relancez ; ce qui est fait reste acquis.
source-protocol = La source a donné une réponse incompréhensible ({ $detail }). Relancez ; si cela persiste, le journal technique en dit plus.

engine-cancelled = Arrêté à votre demande ; rien n’est perdu. La même commande reprend où elle s’est arrêtée.
    .window = Arrêté à votre demande ; rien n’est perdu. Vous pourrez reprendre là où cela s’est arrêté.
engine-not-surveyed = Aucun inventaire n’a encore été fait ; rien ne peut donc être décidé hors ligne. Commencez par : transhumance survey { $file }
    .window = Aucun inventaire n’a encore été fait ; rien ne peut donc être décidé hors ligne.
engine-exclude = Un motif de « exclude » est inutilisable ({ $detail }). Corrigez-le dans le fichier de migration.
    .window = Un motif d’exclusion est inutilisable ({ $detail }). Corrigez-le à l’étape « Quoi ».
engine-stopped-early = { $why }
    Ce qui est fait reste acquis ; la même commande reprend où elle s’est arrêtée.
    .window = { $why } Ce qui est fait reste acquis ; vous pourrez reprendre là où cela s’est arrêté.
engine-internal = Le programme a rencontré quelque chose qu’il ne comprend pas ({ $detail }). Ce qui est fait reste acquis ; relancez, et si cela persiste, signalez-le avec le journal technique.
secret-source-password = Le mot de passe de la source { $host } n’est pas connu. Connectez-vous avec : { $login }
    .window = Le mot de passe de la source { $host } n’est pas connu. Connectez-vous à l’étape « D’où ».
secret-source-client-secret = Le code secret de votre identifiant client Google n’est pas connu. Donnez-le avec : { $login }
    .window = Le code secret de votre identifiant client Google n’est pas connu. Donnez-le à l’étape « D’où ».
secret-source-refresh-token = Vous n’êtes pas encore connecté·e à la source. Connectez-vous avec : { $login }
    .window = Vous n’êtes pas encore connecté·e à la source. Connectez-vous à l’étape « D’où ».
secret-target-password = Le mot de passe de { $host } n’est pas connu. Connectez-vous avec : { $login }
    .window = Le mot de passe de { $host } n’est pas connu. Connectez-vous à l’étape « Vers où ».
secret-not-text = Un secret donné n’est pas un texte, ou est beaucoup trop long. Vérifiez la variable d’environnement ou « password_command ».
password-command-failed = La commande de « password_command » n’a pas fonctionné ({ $detail }). Essayez-la à la main, puis corrigez le fichier de migration.
password-command-silent = La commande de « password_command » n’a rien affiché. Essayez-la à la main, puis corrigez le fichier de migration.

vault-no-keychain = Cet ordinateur n’a pas de trousseau qui puisse garder la connexion. Mettez une phrase secrète de votre choix dans TRANSHUMANCE_VAULT_PASSPHRASE, ici et à chaque lancement du programme, ou donnez les secrets par des variables d’environnement ; README.fr.md en donne la liste.
    .window = Cet ordinateur n’a pas de trousseau qui puisse garder la connexion. Choisissez une phrase secrète : elle protégera les connexions gardées, et le programme vous la demandera à chaque lancement.
vault-locked = Le trousseau de cet ordinateur est verrouillé ou a refusé l’accès. Déverrouillez-le, puis relancez.
vault-key-missing = Le trousseau n’a plus la clé des connexions gardées ({ $path }). Connectez-vous à nouveau avec « transhumance login ».
    .window = Le trousseau n’a plus la clé des connexions gardées ({ $path }). Connectez-vous à nouveau.
vault-passphrase-needed = Les connexions gardées sont protégées par une phrase secrète. Mettez-la dans TRANSHUMANCE_VAULT_PASSPHRASE, puis relancez.
    .window = Les connexions gardées sont protégées par une phrase secrète. Donnez-la pour continuer.
vault-wrong-passphrase = La phrase secrète de TRANSHUMANCE_VAULT_PASSPHRASE n’ouvre pas { $path }. Corrigez-la, puis relancez.
    .window = Cette phrase secrète n’ouvre pas { $path }. Vérifiez-la, puis réessayez.
vault-damaged = Les connexions gardées ({ $path }) sont abîmées. Mettez ce fichier de côté, puis connectez-vous à nouveau avec « transhumance login ».
    .window = Les connexions gardées ({ $path }) sont abîmées. Mettez ce fichier de côté, puis connectez-vous à nouveau.
vault-io = Les connexions gardées ({ $path }) sont inutilisables : { $cause }. Donnez-vous les droits nécessaires, ou faites de la place, puis relancez.
