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

page-open = Ouvrir la page
page-open-of = Ouvrir la page « { $what } » dans le navigateur
page-copy = Copier l’adresse
page-copy-of = Copier l’adresse de la page « { $what } »
page-copied = Copié
waiting-browser = La suite est dans votre navigateur…
waiting-page = Connexion
waiting-cancel = Annuler la connexion

passphrase-new-title = Une phrase pour protéger vos connexions
passphrase-new-words = Cet ordinateur n’a pas de trousseau pour garder vos connexions à l’abri. Choisissez une phrase secrète : elle les chiffre sur cet ordinateur, et le programme vous la demandera une fois à chaque lancement.
passphrase-new-yes = Protéger avec cette phrase
passphrase-new-no = Ne rien garder
passphrase-title = Votre phrase secrète
passphrase-words = Vos connexions sont gardées sur cet ordinateur, protégées par la phrase que vous avez choisie.
passphrase-yes = Ouvrir
passphrase-no = Plus tard
passphrase-label = Phrase secrète
passphrase-again = La même encore une fois
passphrase-help = Au moins huit caractères ; quatre mots qui n’ont rien à voir ensemble sont parfaits. Notez-la : personne ne peut la retrouver, mais il suffit alors de se reconnecter.
passphrase-short =
    { $n ->
        [one] C’est trop court : il faut au moins { $n } caractère.
       *[other] C’est trop court : il faut au moins { $n } caractères.
    }
passphrase-different = Les deux phrases ne sont pas les mêmes.
passphrase-wrong = Ce n’est pas cette phrase. Réessayez ; attention aux majuscules.
passphrase-checking = La phrase est vérifiée…
passphrase-declined = Vos connexions ne sont pas gardées : elles valent jusqu’à la fermeture du programme, puis il faudra vous reconnecter.
passphrase-give = Donner une phrase secrète
