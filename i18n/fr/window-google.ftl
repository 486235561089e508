# Google : l’identifiant client, puis la connexion.
google-key-why = Google veut savoir quel programme lit vos fichiers. Vous allez donc lui créer une clé (un « identifiant client ») : c’est gratuit, cela prend une dizaine de minutes et ne se fait qu’une fois. Gardez cette fenêtre à côté de votre navigateur.
google-have-key = J’ai déjà une clé
google-step-project = Créer un projet
google-step-project-words = Ouvrez la page avec le compte Google à déménager. Écrivez un nom de projet, par exemple « Déménagement », laissez le reste tel quel et cliquez sur « Créer » (« Create »).
    Si Google demande d’abord d’accepter ses conditions : cochez et continuez. Aucune carte bancaire n’est nécessaire.
google-step-api = Activer les API
google-step-api-words = Vérifiez en haut de la page que votre projet est choisi, puis cliquez sur « Suivant » (« Next ») et sur « Activer » (« Enable »). La page nomme Google Drive API, Google Calendar API, CalDAV API, People API et Tasks API : elles servent à lire les fichiers, les agendas, les contacts et les tâches.
google-step-consent = Présenter l’application
google-step-consent-words = Cliquez sur « Premiers pas » ou « Commencer » (« Get started »).
    Nom de l’application (« App name ») : celui de votre association, sans le mot « Google ». Adresse d’assistance (« User support email ») : la vôtre.
    Audience : « Externe » (« External »). Seuls les comptes Google Workspace peuvent prendre « Interne » (« Internal »), et alors l’étape 4 est inutile.
    Coordonnées (« Contact information ») : votre adresse encore. Acceptez le règlement, puis « Créer » (« Create »).
google-step-publish = Publier l’application
google-step-publish-words = Dans « Audience », cliquez sur « Publier l’application » (« Publish app »), puis « Confirmer » (« Confirm »). L’état devient « En production » (« In production »).
    C’est important : tant qu’il reste « Test » (« Testing »), Google coupe l’accès au bout de 7 jours, parfois en plein déménagement. Publier ne rend rien public : personne d’autre n’a votre clé.
google-step-client = Créer la clé
google-step-client-words = Dans « Clients », cliquez sur « Créer un client » (« Create client »).
    Type d’application (« Application type ») : « Application de bureau » (« Desktop app »), surtout pas « Application Web ». Le nom est libre. Cliquez sur « Créer » (« Create »).
    Dans la fenêtre qui s’ouvre, cliquez sur « Télécharger JSON » (« Download JSON ») : Google ne montre le code secret qu’à ce moment-là.
google-step-key = Donner la clé au programme
google-step-key-words = Ouvrez le fichier que vous venez de télécharger ; son nom commence par « client_secret ».
google-pick = Le fichier client_secret….json
google-open-file = Ouvrir le fichier…
google-by-hand = Saisir à la main
google-by-file = Donner plutôt le fichier
google-paste = Ou collez ici le contenu du fichier
google-paste-help = Le programme reconnaît le fichier tout seul et garde la clé à l’abri.
google-id = Identifiant client (« Client ID »)
google-id-wrong = Un identifiant client finit par .apps.googleusercontent.com. Copiez-le en entier.
google-swapped = L’identifiant et le code secret semblent inversés : c’est le code secret qui commence par GOCSPX-.
google-secret = Code secret du client (« Client secret »)
google-secret-help = Il est gardé à l’abri sur cet ordinateur et n’est envoyé qu’à Google.
google-key-go = Continuer avec cette clé
google-file-not-json = Ce n’est pas un fichier de clé, ou il en manque un bout. Ouvrez le fichier téléchargé, sélectionnez tout, copiez et collez.
google-file-web = Cette clé est du type « Application Web ». Il en faut une du type « Application de bureau » (« Desktop app ») : revenez à l’étape 5 et créez un autre client.
google-file-service = C’est la clé d’un compte de service. Il faut celle d’un client du type « Application de bureau » (« Desktop app ») : voyez l’étape 5.
google-file-else = Ce fichier ne contient pas d’identifiant client de Google. Reprenez à l’étape 5 celui que donne « Télécharger JSON » (« Download JSON »).
google-file-no-secret = Ce fichier n’a pas de code secret : Google ne le donne qu’à la création. Dans « Clients », ouvrez le vôtre, ajoutez un code secret (« Add secret ») et saisissez-le à la main, ou créez un nouveau client.
google-file-unreadable = Ce fichier ne peut pas être lu : { $cause }.
google-key-there = La clé est là
google-other-key = Changer de clé
google-sign-in-words = Connectez-vous maintenant avec le compte dont les fichiers doivent déménager. Tout se passe dans votre navigateur ; le programme ne voit jamais votre mot de passe.
google-unverified-words = Google avertira que l’application n’est pas validée. C’est normal, c’est la vôtre : cliquez sur « Paramètres avancés » (« Advanced »), puis « Accéder à … » (« Go to … ») et autorisez la lecture de Drive.
google-sign-in = Se connecter à Google
google-sign-in-again = Se reconnecter
google-checking = Le compte Google est vérifié…
google-waiting-words = Choisissez votre compte et autorisez la lecture de Google Drive. Cette page avance toute seule ensuite.
google-stuck = Google affiche une erreur ou un avertissement ?
google-stuck-which = Que dit la page de Google ?
google-stuck-unverified = « Google n’a pas validé cette application »
google-stuck-unverified-help = C’est normal : l’application est la vôtre. Cliquez sur « Paramètres avancés » (« Advanced »), puis « Accéder à … » (« Go to … »).
google-stuck-denied = « Accès bloqué », erreur 403 : access_denied
google-stuck-denied-help = L’application est encore en test et votre compte n’est pas parmi les testeurs. Publiez-la (étape 4), puis recommencez.
google-stuck-type = Erreur 400 : redirect_uri_mismatch
google-stuck-type-help = La clé est du type « Application Web ». Annulez, puis créez-en une du type « Application de bureau » (étape 5).
google-stuck-client = Erreur 401 : invalid_client ou deleted_client
google-stuck-client-help = Google ne connaît pas ou plus cette clé. Annulez, puis reprenez-la dans « Clients », ou créez-en une nouvelle (étape 5).
google-stuck-admin = Erreur 400 : admin_policy_enforced
google-stuck-admin-help = Les règles de votre Google Workspace demandent l’accord de son administration. Envoyez-lui ce message, attendez sa réponse, puis recommencez.
google-stuck-internal = Erreur 403 : org_internal
google-stuck-internal-help = La clé n’est valable que pour les membres d’une autre organisation. Créez la vôtre avec le compte à déménager, ou choisissez « Externe » dans « Audience ».
google-letter-copy = Copier un message pour l’administration
google-letter = Bonjour, pour déménager nos fichiers de Google Drive, j’ai besoin que vous autorisiez une application en lecture seule. Dans la console d’administration ({ $page }), sous « Sécurité », « Accès et contrôle des données », « Commandes des API », « Gérer l’accès des applications tierces » : ajoutez l’application d’identifiant client { $id } et approuvez-la. Elle demande le seul accès https://www.googleapis.com/auth/drive.readonly. Merci !
google-signed-out = La connexion à Google n’est plus gardée sur cet ordinateur. Connectez-vous à nouveau.
google-testing =
    { $n ->
        [one] Votre projet Google est encore « En test » : Google coupera l’accès dans { $n } jour. Publiez l’application, puis reconnectez-vous.
       *[other] Votre projet Google est encore « En test » : Google coupera l’accès dans { $n } jours. Publiez l’application, puis reconnectez-vous.
    }
google-connected = Connecté·e à Google Drive
google-read-only = En lecture seule. Vous pourrez retirer cet accès à la fin, depuis le bilan.
google-practice-words = C’est le faux Google de la répétition. Vous pouvez continuer, ou vous entraîner à vous connecter.
