unit-b = { $n } o
unit-kb = { $n } ko
unit-mb = { $n } Mo
unit-gb = { $n } Go
unit-tb = { $n } To
unit-rate = { $size }/s
unit-percent = { $n } %

duration-seconds = { $seconds } s
duration-minutes = { $minutes } min { $seconds } s
duration-hours = { $hours } h { $minutes } min
duration-days = { $days } j { $hours } h

count-items =
    { $n ->
        [one] { $n } élément
       *[other] { $n } éléments
    }
count-files =
    { $n ->
        [one] { $n } fichier
       *[other] { $n } fichiers
    }
count-folders =
    { $n ->
        [one] { $n } dossier
       *[other] { $n } dossiers
    }

# Les dossiers que la migration crée elle-même.
folder-shared-drives = Drive partagés
folder-shared-with-me = Partagés avec moi
folder-orphans = Orphelins

# Une date. $day et $month sont des nombres.
date-day =
    { $day ->
        [1] 1er
       *[other] { $day }
    } { $month ->
        [1] janvier
        [2] février
        [3] mars
        [4] avril
        [5] mai
        [6] juin
        [7] juillet
        [8] août
        [9] septembre
        [10] octobre
        [11] novembre
       *[other] décembre
    } { $year }
