# Ce qui ne va pas dans un fichier de migration ; le fichier et la ligne sont écrits devant.
file-unreadable = le fichier de migration ne peut pas être lu : { $what }. Vérifiez son nom, ou créez-en un avec « transhumance init ».
file-syntax = ce n’est pas ainsi que s’écrit un fichier de migration ({ $what }). Un texte se met entre guillemets droits ("…"), un réglage se met devant un signe égal ; comparez avec un fichier que crée « transhumance init ».
file-unknown-key = « { $what } » n’est pas un réglage de cette section. Vérifiez l’orthographe, ou retirez la ligne ; « transhumance init » crée un fichier avec tous les réglages.
file-missing-key = il manque le réglage « { $what } » dans cette section. Ajoutez-le ; « transhumance init » crée un fichier avec tous les réglages.
file-wrong-value = cette valeur ne convient pas ici ({ $what }). Comparez avec un fichier que crée « transhumance init ».
file-wrong-choice = « { $what } » n’est pas un des choix. Écrivez l’un de ceux-ci : { $allowed }.
file-wants-boolean = ce réglage est un oui ou un non. Écrivez true (oui) ou false (non), sans guillemets.
file-wants-text = ce réglage est un texte. Écrivez-le entre guillemets droits : "…".
file-wants-list = ce réglage est une liste. Écrivez-la entre crochets : ["…", "…"].
file-wants-section = c’est une section. Écrivez son nom entre crochets sur une ligne à part, et ses réglages en dessous.
file-unknown-kind = il n’existe pas de source du genre « { $what } ». Écrivez "google", "microsoft", "dropbox", "nextcloud", "folder" ou "takeout".
file-foreign-key = « { $what } » ne va pas avec une source du genre « { $kind } ». Retirez la ligne, ou corrigez le genre.
file-bad-url = « { $what } » n’est pas l’adresse d’un site. Copiez-la depuis le navigateur : elle commence par https:// et n’a rien après un « ? » ou un « # ».
file-insecure-url = « { $what } » enverrait mots de passe et fichiers sans chiffrement. Écrivez https:// à la place ; http:// ne sert que pour cet ordinateur même.
file-secret-in-url = « { $what } » contenait un mot de passe ; un fichier de migration ne contient aucun secret. Retirez-le de l’adresse, puis lancez « transhumance login ».
file-endpoint = « endpoint » est réservé aux serveurs d’entraînement de cet ordinateur et ne peut pas être « { $what } ». Retirez la ligne pour utiliser le vrai service.
file-bad-rate = « { $what } » n’est pas un débit. Écrivez un nombre et une unité, comme "5 Mo/s" ou "800 ko/s".
file-bad-pattern = « { $what } » n’est pas un motif. Écrivez un chemin avec * ou **, comme "**/*.tmp".
file-bad-folder = « { $what } » n’est pas un dossier du Nextcloud. Écrivez son chemin sans « .. » ni barre oblique inversée, comme "Archives/Drive" ; "" désigne la racine.
file-missing-archive = il n’y a pas d’archive à l’emplacement { $what }. Indiquez une partie de l’archive (les autres seront trouvées à côté), le dossier qui les contient, ou celui où vous l’avez décompressée.
file-missing-folder = le dossier { $what } n’existe pas. Corrigez le chemin, ou branchez le disque où il se trouve.

# Ce que dit le système d'un fichier ou dossier de cet ordinateur.
io-not-found = il n’existe pas
io-not-allowed = vous n’en avez pas le droit
io-read-only = le disque est en lecture seule
io-full = le disque est plein
io-exists = il existe déjà
io-is-folder = c’est un dossier
io-not-folder = un élément du chemin est un fichier et non un dossier
io-not-text = ce n’est pas du texte

# Le dossier de travail.
data-dir-unknown = Aucun endroit n’a été trouvé pour garder l’état de la migration. Indiquez un dossier avec --data-dir.
data-dir-unwritable = L’état de la migration ne peut pas être gardé dans { $path } : { $cause }. Faites de la place ou donnez-vous le droit d’y écrire, ou indiquez un autre dossier avec --data-dir.
    .window = L’état de la migration ne peut pas être gardé dans { $path } : { $cause }. Faites de la place ou donnez-vous le droit d’y écrire.
file-bad-tenant = « { $what } » ne peut pas désigner une organisation. Écrivez "organizations", "consumers", ou le domaine de votre organisation, comme "canard.onmicrosoft.com".
