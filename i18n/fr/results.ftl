# Ce que chaque commande dit à la fin.
survey-done = Trouvé à la source : { $folders } et { $files }, { $size } en tout.
survey-next = Pour voir ce qu’ils deviendraient : transhumance preview { $file }

preview-head = Voici ce qu’il adviendra de { $items } :
preview-move = à déménager
preview-convert = à convertir en fichiers et à déménager
preview-link = à remplacer par de petits fichiers de lien
preview-keep = déjà là
preview-skip = à laisser sur place
preview-conflict = trouvent autre chose à leur place
preview-block = ne tiennent pas
preview-renamed =
    { $n ->
        [one] { $n } d’entre eux change de nom, car votre Nextcloud ne peut pas prendre le sien.
       *[other] { $n } d’entre eux changent de nom, car votre Nextcloud ne peut pas prendre le leur.
    }
preview-reason = { $items } : { $reason }
preview-size = Cela fait { $size } ; votre Nextcloud a { $free } de libre.
preview-size-unlimited = Cela fait { $size } ; votre Nextcloud ne fixe pas de limite.
preview-does-not-fit = Tout ne tient pas. Faites de la place, demandez davantage d’espace, ou laissez quelque chose de côté avec « exclude » dans le fichier de migration ; puis refaites un aperçu.
preview-next = Rien n’a encore bougé. Pour déménager : transhumance move { $file }
preview-nothing = Tout est en place ; il n’y a rien à déménager.

fit-refused = Il faudrait déménager { $needed }, mais votre Nextcloud n’a que { $free } de libre ; rien n’a donc été commencé.
fit-would = Ces dossiers tiendraient : { $names }.
fit-would-not = Ceux-ci devraient rester : { $names }. Laissez-les de côté avec « exclude » dans le fichier de migration, faites de la place, ou demandez davantage d’espace ; puis relancez.
    .window = Ceux-ci devraient rester : { $names }. Laissez-les de côté à l’étape « Quoi », faites de la place, ou demandez davantage d’espace ; puis réessayez.

move-done = Déménagement terminé en { $time } ; { $size } sont arrivés en tout.
move-stopped = Arrêté. Il reste { $items } à déménager ; la même commande reprend où elle s’est arrêtée.
move-next = Pour tout revérifier : transhumance verify { $file }

balance-head = Le compte de { $items } :
balance-moved = déménagés
balance-converted = convertis et déménagés
balance-linked = remplacés par des fichiers de lien
balance-kept = déjà là, conservés
balance-skipped = laissés sur place
balance-failed = en échec
balance-pending = encore à déménager
balance-even = Trouvés = la somme de tout cela : le compte est juste, rien ne s’est perdu en chemin.
balance-uneven = Le compte n’est pas juste : { $found } trouvés, { $settled } réglés. Relancez la même commande ; si cela persiste, signalez-le avec le journal technique qui est dans { $logs }.

failed-head = Ce qui a échoué, et ce qu’il faut faire :
failed-more = … et d’autres ; tous avec : transhumance report { $file }
item-line = { $path } : { $reason }

verify-done = { $items } ont été revérifiés dans votre Nextcloud :
verify-proved = prouvés, intacts de bout en bout
verify-weak = présents, mais sans preuve complète : la source ne publie pas d’empreinte (documents convertis, par exemple), ou quelqu’un les a modifiés depuis
verify-mismatched = différents de ce qui est parti de la source
verify-missing = absents
verify-good = Tout est bien arrivé.
verify-bad = Tout n’est pas en ordre. La liste : transhumance report { $file }. Ce qui est abîmé sera déménagé à nouveau par : transhumance move { $file }. Ce qui manque a été supprimé dans le Nextcloud : vous le trouverez sans doute dans sa corbeille.

status-not-surveyed = Aucun inventaire n’a encore été fait. Commencez par : transhumance survey { $file }
status-not-planned = L’inventaire compte { $items } ; rien n’est encore décidé. Continuez avec : transhumance preview { $file }
status-pending = { $done } sur { $total } sont réglés ; il reste { $size } à déménager. Continuez avec : transhumance move { $file }
status-complete = Le sort de { $total } est réglé.

# Le compte d'un élément.
item-moved = déménagé
item-converted = converti et déménagé
item-linked = remplacé par un fichier de lien
item-kept = déjà là
item-skipped = laissé sur place
item-failed = échec
proof-full = prouvé : ce qui est parti, ce qui a été envoyé et ce qui est arrivé sont identiques
proof-streamed = prouvé : ce qui a été envoyé et ce qui est arrivé sont identiques
proof-size-and-date = même taille et même date
proof-acknowledged = confirmé par le Nextcloud
verdict-weak = il est là, mais la source ne publie pas d’empreinte à comparer.
verdict-edited = quelqu’un l’a modifié dans votre Nextcloud depuis son arrivée. Rien à faire.
verdict-missing = il n’y est plus. Si personne ne l’a supprimé exprès, cherchez-le dans la corbeille de votre Nextcloud.
verdict-mismatched = il n’est plus ce qui est parti de la source. Le prochain déménagement l’enverra à nouveau ; si cela persiste, un disque ou le serveur est abîmé.
verdict-unknown = votre Nextcloud n’a pas pu répondre ({ $detail }). Vérifiez à nouveau plus tard.
