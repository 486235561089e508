# Ce que dit le système d'un fichier ou dossier de cet ordinateur.
io-not-found = il n’existe pas
io-not-allowed = vous n’en avez pas le droit
io-read-only = le disque est en lecture seule
io-full = le disque est plein
io-exists = il existe déjà
io-is-folder = c’est un dossier
io-not-folder = un élément du chemin est un fichier et non un dossier
io-not-text = ce n’est pas du texte
