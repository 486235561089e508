source-title = D’où partent vos données ?
source-lead = Le programme lit à cet endroit, il n’y écrit jamais.
source-name = Nom de ce déménagement
source-name-help = Pour le retrouver plus tard, par exemple le nom de l’association.
source-folder = Un dossier de cet ordinateur
