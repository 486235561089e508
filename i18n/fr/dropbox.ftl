reason-restricted-content = Dropbox a bloqué ce fichier à la demande d’un ayant droit ou d’une autorité, et ne le remet à personne. Rien ne peut être déplacé ; écrivez à l’assistance de Dropbox si vous pensez que c’est une erreur.
reason-other-format = Dropbox ne l’exporte pas dans le format que vous avez choisi : il arrive dans le plus proche qui existe. Il n’y a rien à faire.
