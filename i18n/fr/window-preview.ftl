preview-title = Voici ce qui se passerait
preview-lead = Rien n’a encore bougé. Regardez à votre aise ; rien ne commence avant que vous ne le demandiez.
preview-arrives = { $items } arriveront dans votre Nextcloud, { $size } en tout.
preview-line = { $items } { $what }
preview-full = Tout ne tient pas dans votre Nextcloud. Revenez en arrière pour décocher quelque chose, faites de la place, ou demandez davantage d’espace ; puis revenez ici.
preview-room = La place dans votre Nextcloud
preview-room-words = Aujourd’hui, { $used } sont utilisés. Il en arrive { $adds } ; après, ce sera { $after } sur { $all }.
preview-room-unlimited = Aujourd’hui, { $used } sont utilisés. Il en arrive { $adds } ; après, ce sera { $after }. Votre Nextcloud ne fixe pas de limite.
preview-room-used = déjà utilisé
preview-room-adds = ce qui arrive
preview-room-free = libre
preview-time = Le temps qu’il faudra
preview-time-words = Environ { $time }. Vous pouvez interrompre et reprendre quand vous voulez.
preview-time-why = Calculé pour { $folders }, { $files }, { $exports ->
        [0] aucun document à convertir
        [one] { $exports } document à convertir
       *[other] { $exports } documents à convertir
    } et { $size } à { $rate }, ce qu’une connexion ordinaire envoie. Le vrai rythme se voit pendant le déménagement.
preview-time-limit = C’est votre limite de débit.
preview-table = Élément par élément
preview-filters = Ce qui est montré
preview-all = Tout
preview-renamed-filter = Changent de nom
preview-reasons = Pourquoi
preview-all-reasons = Toutes les raisons
preview-search = Chercher
preview-search-example = une partie du nom
preview-found = { $items } dans la liste
preview-column-name = Où c’est aujourd’hui
preview-column-what = Ce qui se passe
preview-column-size = Taille
preview-column-where = Où cela arrive
preview-nowhere = nulle part
preview-detail-from = Aujourd’hui : { $path }
preview-detail-to = Dans votre Nextcloud : { $path }
preview-go = Déménager maintenant
one-move = Déménage
one-convert = Est converti
one-link = Devient un lien
one-keep = Est déjà là
one-skip = Reste où il est
one-conflict = Trouve autre chose
one-block = Ne tient pas
