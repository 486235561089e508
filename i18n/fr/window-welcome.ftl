welcome-first-title = Bienvenue
welcome-first-lead = Transhumance déménage les fichiers, agendas et contacts de votre association vers un Nextcloud. Voici ce qui va se passer.
promise-what = Vous dites d’où et vers où ; le programme fait l’inventaire, vous montre tout ce qu’il ferait, ne commence qu’après votre accord, et vous rend compte à la fin de chaque élément.
promise-never = Rien n’est jamais supprimé ni modifié là où sont vos données aujourd’hui, et aucun courriel ne part.
promise-others = Vos données passent par cet ordinateur et par personne d’autre.
promise-time = Préparer prend environ une demi-heure, puis le déménagement dure de quelques minutes à quelques jours selon la quantité ; il s’arrête et reprend quand vous voulez.
welcome-understood = J’ai compris

welcome-title = Vos déménagements
welcome-lead = Commencez un déménagement, ou reprenez-en un là où vous l’aviez laissé.
welcome-new-title = Un vrai déménagement
welcome-new-words = En six étapes, l’une après l’autre. Vous pouvez vous arrêter et revenir en arrière à tout moment.
welcome-new = Commencer un déménagement
practice-title = Une répétition pour s’entraîner
practice-words = Un déménagement complet entre un faux Google Drive et un faux Nextcloud, tous deux sur cet ordinateur. Rien n’est réel : c’est fait pour essayer.
practice-start = Commencer la répétition
practice-resume = Reprendre la répétition
practice-fresh = Recommencer à zéro
welcome-mine = Déjà commencés

entry-way = De { $from } vers { $to }
entry-from = De { $from }
entry-nameless = Sans nom
entry-draft = En préparation : il manque encore d’où ou vers où.
entry-ready = Prêt pour l’inventaire.
entry-planned = Préparé : { $items }, { $size } à déménager. Rien n’a encore bougé.
entry-begun = { $percent } faits, en pause.
entry-waiting = { $percent } faits. Arrêté : quelque chose attend votre aide.
entry-done = Terminé : le sort de { $items } est réglé.
entry-done-on = Terminé le { $day } : le sort de { $items } est réglé.
entry-done-failed =
    { $n ->
        [one] Terminé : le sort de { $items } est réglé, dont { $n } en échec.
       *[other] Terminé : le sort de { $items } est réglé, dont { $n } en échec.
    }
entry-unreadable = Ce déménagement est illisible. Rien n’en a été supprimé.
entry-progress = Avancement
entry-continue = Continuer
entry-look = Voir le bilan
entry-open-of = Ouvrir « { $name } »
entry-forget = Oublier
entry-forget-of = Oublier « { $name } »
forget-title = Oublier « { $name } » ?
forget-words = Ce déménagement disparaît de cette liste, avec ce que le programme sait de son avancement. Vos fichiers restent où ils sont, des deux côtés.
forget-yes = Oublier
forget-no = Garder
