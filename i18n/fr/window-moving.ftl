moving-title = Le déménagement
moving-lead = Tout se fait seul. Rien n’est supprimé ni modifié à la source.
moving-progress = Avancement du déménagement
moving-now = En cours
moving-planning = Le plan est mis à jour…
moving-paused = En pause
moving-complete = Terminé
moving-not-begun = Pas encore commencé
# Ce que les lecteurs d’écran annoncent, à chaque dixième.
moving-said = { $percent } sont faits.
moving-rate = Débit
moving-left = Temps restant
moving-left-unknown = en cours d’estimation
moving-minutes = { $minutes } min
moving-failed-count = Échecs
moving-curve = Débit des deux dernières minutes : en moyenne { $mean }, au plus { $highest }.

moving-pause = Mettre en pause
moving-resume = Reprendre
moving-begin = Commencer
moving-stop = Arrêter
moving-holds-help = En pause, le déménagement attend ici que vous le repreniez. Arrêter y met fin pour cette fois et montre le bilan de ce qui est fait ; vous pourrez tout de même le reprendre un autre jour.
moving-stop-title = Arrêter le déménagement ?
moving-stop-words = Ce qui est arrivé reste dans votre Nextcloud. Ce qui n’est pas encore parti reste où il est. Rien n’est perdu, et vous pourrez reprendre plus tard là où vous en êtes.
moving-stop-yes = Arrêter ici
moving-stop-no = Continuer le déménagement

moving-under-way = En route en ce moment
moving-nothing = Rien pour l’instant.
moving-more =
    { $n ->
        [one] et { $n } autre
       *[other] et { $n } autres
    }

moving-failed =
    { $n ->
        [one] { $n } élément a échoué
       *[other] { $n } éléments ont échoué
    }
moving-failed-what = Élément
moving-failed-why = Pourquoi, et que faire
moving-failed-choose = Choisissez une ligne pour tout lire et pour réessayer cet élément.
moving-again-all = Tout réessayer
moving-in-vain = Un nouvel essai n’y changerait rien. Faites ce que dit chaque ligne, puis cherchez ce qui a changé.
moving-again-of = Réessayer « { $name } »

moving-limit = Limite de débit
moving-limit-off = Aucune
moving-limit-other = Autre…
moving-limit-typed = Votre limite
moving-limit-apply = Appliquer
moving-limit-help = Elle agit tout de suite. Une limite laisse de la place aux autres personnes sur la même connexion.
moving-awake = Garder l’ordinateur éveillé
moving-awake-help = Tant que le déménagement avance, l’ordinateur ne se met pas en veille tout seul. L’écran peut s’éteindre.
moving-awake-reason = Un déménagement de fichiers est en cours.
moving-close = Vous pouvez fermer la fenêtre ou éteindre l’ordinateur à tout moment : la prochaine fois, le déménagement continue d’ici.

moving-next = Voir le bilan

# La notification, quand la fenêtre n’est pas devant.
notify-done-title = { $name } : le déménagement est terminé
notify-done = Le sort de { $items } est réglé. Le bilan vous attend.
notify-failed =
    { $n ->
        [one] { $n } élément a échoué ; le bilan dit pourquoi.
       *[other] { $n } éléments ont échoué ; le bilan dit pourquoi.
    }
notify-stopped-title = { $name } : le déménagement s’est arrêté
