# La fenêtre : ce que tous les écrans ont en commun.
window-title = Transhumance
window-title-of = { $name } – Transhumance
window-no-display = Aucun écran n’est disponible pour ouvrir la fenêtre. En ligne de commande, tout fonctionne aussi : transhumance practice, transhumance init, … L’aide est là : transhumance --help
window-failed = La fenêtre n’a pas pu s’ouvrir, ou a dû se fermer ({ $detail }). Rien n’est perdu. En ligne de commande, tout fonctionne aussi : transhumance --help

rail-name = Les étapes
step-welcome = Accueil
step-source = D’où
step-target = Vers où
step-choose = Quoi
step-preview = Aperçu
step-move = Déménagement
step-report = Bilan
step-done = fait
step-here = vous êtes ici
step-ahead = à venir

go-back = Retour
go-on = Continuer
try-again = Réessayer
practice-banner = Répétition : rien de tout cela n’est réel, vous pouvez tout essayer.
practice-name = Répétition

notice-error = Problème
notice-warning = Attention
notice-info = À savoir
notice-success = C’est fait
look-again = Chercher ce qui a changé
