# D’où : ce qui vaut pour toutes les sources.
source-title = D’où partent vos données ?
source-lead = Le programme lit à cet endroit, il n’y écrit jamais.
source-kinds = D’où partent vos données ?
source-google = Google Drive
source-google-help = Les fichiers, agendas, contacts et tâches d’un compte Google, lus directement chez Google.
source-microsoft = Microsoft OneDrive, Outlook, Teams
source-microsoft-help = Les fichiers, agendas, contacts et tâches d’un compte Microsoft, et les fichiers de sites SharePoint et d’équipes Teams.
source-dropbox = Dropbox
source-dropbox-help = Les fichiers d’un compte Dropbox et de son équipe, lus directement chez Dropbox.
source-nextcloud = Un autre Nextcloud
source-nextcloud-help = Les fichiers, agendas, contacts et tâches d’un compte sur un autre serveur Nextcloud.
source-folder = Un dossier de cet ordinateur
source-folder-help = Ce qui est déjà ici, sur un disque externe ou un partage réseau.
source-takeout = Une archive Google Takeout
source-takeout-help = Des fichiers .zip ou .tgz que Google a préparés à votre demande.
source-other = Changer
source-other-name = Choisir un autre endroit de départ
source-name = Nom de ce déménagement (facultatif)
source-name-help = Pour le retrouver plus tard, par exemple le nom de l’association.

# Les étapes avant une connexion.
guide-step = { $n }. { $title }
guide-done = C’est fait, étape suivante
guide-copy = Copier
guide-copy-of = Copier : { $what }
account-practice-key = Prendre la clé de la répétition
account-beginning = Préparation de la connexion…
account-check-again = Vérifier à nouveau
account-other = Se connecter avec un autre compte

# Un dossier.
source-folder-choose = Choisir un dossier…
source-folder-pick = Le dossier à déménager
source-folder-path = Emplacement du dossier
source-folder-path-help = Vous pouvez aussi l’écrire ou le coller ici, par exemple si aucune fenêtre ne s’ouvre.
source-folder-missing = Il n’y a rien à cet emplacement : { $what }. Vérifiez l’orthographe, ou branchez le disque.
source-folder-file = { $what } est un fichier. Choisissez le dossier qui le contient.
source-folder-unreadable = Ce dossier ne peut pas être lu : { $cause }. Donnez-vous le droit de le lire, ou choisissez-en un autre.
source-folder-empty = Ce dossier est vide : il n’y aura rien à déménager.
source-folder-found =
    { $n ->
        [one] Dossier trouvé, avec { $n } élément.
       *[other] Dossier trouvé, avec { $n } éléments.
    }

# Google Takeout.
takeout-words = Si l’archive n’existe pas encore : demandez-la à Google, ne cochez que « Drive », et téléchargez toutes ses parties dans un même dossier. Google met quelques minutes à quelques jours à la préparer.
takeout-choose = Choisir les archives…
takeout-choose-folder = Choisir le dossier déjà décompressé…
takeout-pick = Les parties de l’archive
takeout-pick-folder = Le dossier de l’archive
takeout-archives = Archives
takeout-path = Emplacement de l’archive
takeout-path-help = Une des parties suffit : les autres sont trouvées à côté. Inutile de décompresser.
takeout-missing = Il n’y a rien à cet emplacement : { $what }. Vérifiez l’orthographe, ou branchez le disque.
takeout-nothing = Ce dossier n’a ni archive Takeout (takeout-….zip) ni dossier « Takeout ». Choisissez celui où les téléchargements sont arrivés.
takeout-unpacked = Une archive décompressée est là.
takeout-parts =
    { $n ->
        [one] { $n } partie trouvée
       *[other] { $n } parties trouvées
    }
takeout-parts-help = Comparez leur nombre avec la page de Google : si la dernière partie manque, cela ne se voit que là-bas.
takeout-part-damaged = incomplète ou abîmée : téléchargez-la à nouveau
takeout-part-missing = manque
takeout-gaps =
    { $n ->
        [one] Il manque { $n } partie : { $names }. Téléchargez-la dans le même dossier, sinon ses fichiers ne seront pas déménagés.
       *[other] Il manque { $n } parties : { $names }. Téléchargez-les dans le même dossier, sinon leurs fichiers ne seront pas déménagés.
    }
takeout-astray = N’appartiennent pas à la même archive, ou ne sont pas dans le même dossier : { $names }. Une archive par déménagement ; mettez toutes ses parties ensemble.
