# L'aide. Chaque commande et chaque option a sa ligne : « help- », la commande, l'option.
help-about = Déménage les fichiers d’une association depuis Google Drive, OneDrive, SharePoint, un autre Nextcloud ou un dossier vers un Nextcloud, avec un aperçu avant et une preuve après.
help-usage = Utilisation :
help-commands = Commandes
help-command = COMMANDE
help-arguments = Arguments
help-options = Options
help-value-file = FICHIER
help-value-dir = DOSSIER
help-data-dir = Où le programme garde son état, à la place de l’endroit habituel
help-lang = La langue : fr ou en (sinon celle du système)
help-json = Un objet JSON par ligne sur la sortie standard, pour les scripts ; le dernier est le bilan
help-quiet = Ne dit que ce qui ne va pas
help-verbose = Montre aussi le journal technique sur la sortie d’erreur
help-help = Montre cette aide
help-version = Montre la version
help-file = Le fichier de migration (« transhumance init » en crée un)

help-init = Écrit un fichier de migration à remplir
help-practice = Répète un déménagement entier sur cet ordinateur, avec des serveurs d’entraînement
help-practice-serve = Ne lance que les serveurs d’entraînement, jusqu’à Ctrl-C
help-practice-ready = Avec --serve : où écrire leurs adresses et identifiants, en JSON, quand ils sont prêts
help-practice-seed = Quelle association imaginaire : le même nombre donne les mêmes fichiers et les mêmes pannes (1)
help-practice-items = Combien de fichiers et dossiers elle a, à peu près (300)
help-practice-tiny = Seulement de tout petits fichiers dans les nuages
help-practice-film = Avec --serve : un fichier de plus à la racine de chaque nuage, de cette taille
help-practice-events = Combien d’événements ont ses agendas Google, en plus de ceux de l’exercice (un quart des fichiers)
help-practice-contacts = Combien de contacts a son compte Google, de même (un huitième des fichiers)
help-practice-faults = À quelle fréquence les serveurs se comportent mal : off (jamais), some (parfois), many (souvent), ou une part entre 0 et 1 (some)
help-practice-latency = De combien de millisecondes chaque réponse est retardée (0)
help-practice-nextcloud-quota = La place qu’a le Nextcloud d’entraînement, comme "20 Mo" (sans limite)
help-practice-google-port = Le port du Google d’entraînement (n’importe lequel de libre)
help-practice-nextcloud-port = Le port du Nextcloud d’entraînement (n’importe lequel de libre)
help-practice-fresh = Recommence à zéro au lieu de reprendre le dernier entraînement
help-value-faults = COMBIEN
help-value-size = TAILLE

help-login = Connecte à la source ou à la cible
help-login-end = De quel côté : source ou target (cible)
help-login-revoke = Retire au contraire l’accès

help-survey = Fait l’inventaire des deux côtés ; rien n’est déménagé
help-preview = Décide du sort de chaque élément et le dit ; rien n’est déménagé
help-preview-offline = À partir du dernier inventaire, sans réseau
help-move = Déménage ; reprend là où il s’était arrêté
help-verify = Revérifie tout ce qui est arrivé
help-report = Rend le compte de chaque élément
help-status = Dit où en est la migration

# Mauvais usage.
usage-no-command = Dites ce qu’il faut faire. { $commands }
    « transhumance --help » explique chaque commande ; on commence par « transhumance init FICHIER ». La fenêtre viendra dans une prochaine version.
usage-unknown = « { $arg } » n’est pas connu ici.
usage-unknown-command = Il n’y a pas de commande « { $name } ».
usage-commands = Les commandes sont : { $names }.
usage-missing = Il manque quelque chose : { $arg }.
usage-missing-value = « { $arg } » demande une valeur.
usage-bad-value = « { $value } » ne convient pas pour { $arg }.
usage-conflict = « { $arg } » ne va pas avec le reste de la commande, ou s’y trouve deux fois.
usage-other = Cette commande n’est pas compréhensible.
usage-allowed = Ce qui convient : { $values }.
usage-did-you-mean = Vouliez-vous dire « { $meant } » ?
usage-help = Ajoutez « --help » pour voir ce que la commande accepte.

# transhumance init
init-done = { $path } est prêt, avec des explications. Remplissez la source et la cible, puis voyez ce qui est trouvé avec : transhumance survey { $path }
init-exists = { $path } existe déjà et n’a pas été touché. Choisissez un autre nom, ou retirez d’abord ce fichier.
init-unwritable = { $path } n’a pas pu être écrit : { $cause }. Choisissez un dossier où vous avez le droit d’écrire.
init-head = Une migration pour Transhumance : ce qui déménage, d’où et vers où.
    Ce fichier ne contient aucun mot de passe : « transhumance login » les garde dans le trousseau du système.
    Pour continuer : transhumance login, puis survey, preview, move, verify et report.
init-name = Le nom que vous donnez à cette migration ; les rapports le montrent.
init-example-name = AMAP du Canard bleu
init-kind = Où sont les fichiers : « google », « microsoft », « nextcloud » ou « folder » (un dossier).
init-client-id = Pour Google : l’identifiant client que vous avez créé dans la console Google Cloud. README.fr.md explique comment, pas à pas.
init-source-nextcloud = Pour un autre Nextcloud, à la place des deux lignes ci-dessus (dossier vide : tout) :
init-source-folder = Pour un dossier de cet ordinateur, à la place :
init-source-takeout = Pour une archive obtenue sur takeout.google.com, à la place ; une seule partie suffit, les autres sont trouvées à côté :
init-password-command = Sur une machine sans trousseau, une commande qui affiche le mot de passe :
init-target-url = L’adresse de votre Nextcloud. Elle doit commencer par https://
init-target-user = Le compte sur ce Nextcloud.
init-target-folder = Le dossier où arrivent les fichiers ; "" désigne la racine.
init-files = Ce qui est emporté. Rien n’est jamais modifié ni supprimé à la source.
init-shared-with-me = Google : des copies de ce que d’autres personnes vous ont partagé, dans un dossier à part.
init-shared-drives = Google : les Drive partagés. Dropbox : les dossiers de l’équipe.
init-received-shares = Nextcloud : des copies de ce que d’autres personnes ont partagé avec le compte.
init-external-storage = Nextcloud : les stockages d’ailleurs que l’administration a reliés.
init-exclude = Ce qui reste sur place : des motifs pour les chemins à la source.
init-documents = Ce que deviennent les documents propres à Google : « odf » (LibreOffice), « ooxml » (Microsoft Office) ou « pdf ».
init-on-conflict = Quand le Nextcloud a déjà autre chose du même nom :
    « keep-both » (le fichier qui arrive reçoit un numéro), « skip » (il est laissé) ou « replace-older » (l’ancien reste parmi les versions).
init-bandwidth = Pour laisser de la place aux autres sur la ligne :

# transhumance login
login-open = Connectez-vous dans le navigateur qui s’ouvre. S’il ne s’ouvre pas, copiez-y cette adresse :
    { $url }
login-ask-client-secret = Code secret du client (console Google Cloud, « Clients » ; il ne s’affiche pas pendant la saisie) :{" "}
login-done = Vous êtes connecté·e à { $host }.
login-without-files = La case de Drive n’a pas été cochée : les fichiers ne seront pas déménagés. Pour les emporter, connectez-vous à nouveau en la cochant.
login-without-calendars = La case des agendas n’a pas été cochée : ils ne seront pas déménagés. Pour les emporter, connectez-vous à nouveau en la cochant.
login-without-contacts = La case des contacts n’a pas été cochée : ils ne seront pas déménagés. Pour les emporter, connectez-vous à nouveau en la cochant.
login-without-other-contacts = La case des « autres contacts » n’a pas été cochée : ils ne seront pas déménagés. Pour les emporter, connectez-vous à nouveau en la cochant.
login-without-tasks = La case des tâches n’a pas été cochée : elles ne seront pas déménagées. Pour les emporter, connectez-vous à nouveau en la cochant.
login-without-something = Une case n’a pas été cochée : ce qui en dépend ne sera pas déménagé. Pour l’emporter, connectez-vous à nouveau en cochant tout.
login-revoked = L’accès à { $host } est retiré et oublié.
login-not-needed = Un dossier ne demande pas de connexion.
login-vault-set-aside = Le trousseau n’avait plus la clé des connexions gardées auparavant. Elles sont mises de côté sous { $path } ; les nouvelles seront gardées désormais.
browser-done = Vous êtes connecté·e
browser-done-text = Transhumance peut maintenant lire vos fichiers. Vous pouvez fermer cette page et revenir au terminal.
    .window = Transhumance peut maintenant lire vos fichiers. Vous pouvez fermer cette page et revenir à Transhumance.
browser-failed = La connexion n’a pas fonctionné
browser-failed-text = Vous pouvez fermer cette page ; le terminal dit ce qu’il faut faire.
    .window = Vous pouvez fermer cette page et revenir à Transhumance, qui dit ce qu’il faut faire.

# Ctrl-C
stop-asked = Arrêt demandé : ce qui est en cours est mis à l’abri… (Ctrl-C une fois de plus arrête tout de suite.)
stop-login = Arrêt de la connexion…
stop-servers = Arrêt des serveurs d’entraînement…

# transhumance practice
practice-begin = Un déménagement d’entraînement : le Drive en désordre d’une association imaginaire part vers un Nextcloud d’entraînement. Rien de tout cela n’est réel, et rien ne quitte cet ordinateur.
practice-google = Google d’entraînement : { $url } ({ $account })
practice-nextcloud = Nextcloud d’entraînement : { $url } (compte { $user }, mot de passe { $password })
practice-old-nextcloud = Ancien Nextcloud d’entraînement : { $url } (compte { $user }, mot de passe { $password })
practice-serving = Les serveurs tournent jusqu’à Ctrl-C.
practice-in-use = Un autre entraînement est en cours avec le même dossier de travail. Attendez sa fin, arrêtez-le, ou indiquez un autre dossier avec --data-dir.
practice-no-port = Les serveurs d’entraînement n’ont pas pu ouvrir leur port : { $cause }. Un autre programme l’utilise ; recommencez à zéro avec --fresh ({ $path }).
    .window = Les serveurs d’entraînement n’ont pas pu ouvrir leur port : { $cause }. Un autre programme l’utilise ; recommencez à zéro.
practice-unwritable = { $path } n’a pas pu être écrit : { $cause }. Faites de la place, ou choisissez un dossier où vous avez le droit d’écrire.
practice-failures = Ces échecs font partie de l’exercice : le Drive d’entraînement contient de tels fichiers exprès, comme il y en a dans la réalité.
practice-end = L’entraînement est terminé. Ce qu’il a gardé est dans { $path } ; le prochain recommencera à zéro. Pour de vrai : transhumance init FICHIER

init-source-microsoft = Pour OneDrive, SharePoint et Teams, à la place : l’identifiant client (« ID d’application ») que vous avez créé dans le centre d’administration Microsoft Entra. README.fr.md explique comment, pas à pas.
init-source-dropbox = Pour Dropbox, à la place : la clé de l’application (« App key ») que vous avez créée dans la console de Dropbox. README.fr.md explique comment, pas à pas.
init-tenant = À qui est le compte : « consumers » (compte personnel), « organizations » (professionnel ou scolaire), ou le domaine de votre organisation. Sans cette ligne, n’importe lequel.
init-sites = Sites SharePoint et équipes à emporter en plus de votre OneDrive. « transhumance sites » en donne la liste ; comptes professionnels et scolaires seulement.
practice-microsoft = Microsoft d’entraînement : { $url } ({ $account })
help-login-device = Microsoft et Dropbox : connecte avec un code, depuis un navigateur ailleurs, pour les ordinateurs qui n’en ont pas
help-practice-microsoft-port = Le port du Microsoft d’entraînement (n’importe lequel de libre)
help-practice-microsoft-account = À qui est le compte du Microsoft d’entraînement : work (professionnel) ou personal (work)
help-value-account = COMPTE
help-sites = Donne la liste des sites SharePoint et des équipes que l’on peut emporter (Microsoft)
login-device = Ouvrez { $url } dans un navigateur, sur n’importe quel ordinateur ou téléphone, et saisissez ce code dans les { $minutes } minutes :

        { $code }
login-no-device = Seuls Microsoft et Dropbox permettent de se connecter avec un code. Retirez « --device ».
sites-team = { $name } (équipe) : { $address }
sites-site = { $name } : { $address }
sites-done =
    { $n ->
        [0] Ce compte ne voit aucun site et aucune équipe.
        [one] { $n } site. Pour l’emporter, mettez son adresse dans « sites » du fichier de migration.
       *[other] { $n } sites. Pour en emporter, mettez leurs adresses dans « sites » du fichier de migration.
    }
sites-only-microsoft = Seul Microsoft a des sites. La source de { $file } en est une autre.
sites-need-tenant = Les comptes personnels n’ont pas de sites, et { $file } ne dit pas qu’il s’agit d’un compte professionnel ou scolaire. Écrivez tenant = "organizations" dans sa section [source], reconnectez-vous avec « transhumance login », puis relancez.
practice-dropbox = Dropbox d’entraînement : { $url } ({ $account })
help-practice-dropbox-port = Le port du Dropbox d’entraînement (n’importe lequel de libre)
login-ask-code = Le code que Dropbox affiche à la fin :{" "}
