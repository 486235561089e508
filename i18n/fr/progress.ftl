# À côté de la barre de progression.
progress-connecting = Connexion…
progress-surveying-source = Inventaire de la source : { $items } pour l’instant
progress-surveying-target = Inventaire de votre Nextcloud : { $items } pour l’instant
progress-planning = Décisions : { $done } sur { $total }
progress-verifying = Vérification : { $done } sur { $total }
progress-items = { $done } sur { $total }
progress-bytes = { $done } sur { $total }
progress-left = encore { $time }
progress-failed =
    { $n ->
        [one] { $n } échec
       *[other] { $n } échecs
    }
