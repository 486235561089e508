report-title = Le bilan
report-even = Le compte est juste : { $found } trouvés à la source, et le sort de chacun est connu. Rien ne s’est perdu en chemin.
report-uneven = Le compte n’est pas juste : { $found } trouvés, { $settled } réglés. Cherchez ce qui a changé et relancez ; si cela persiste, envoyez le journal technique, qui est dans { $logs }.
report-unfinished = Ce n’est pas encore fini : sur { $found }, il reste { $left } à déménager. Ce qui suit est le bilan de ce qui est fait.
report-resume = Reprendre le déménagement
report-balance = Le compte
report-found =
    { $n ->
        [one] élément trouvé
       *[other] éléments trouvés
    }
report-arrived = { $size } sont arrivés dans votre Nextcloud.
report-arrived-in = { $size } sont arrivés dans votre Nextcloud ; le dernier passage a duré { $time }.

report-items = Le sort de chaque élément
report-by-hand =
    { $n ->
        [one] { $n } élément à voir ou à faire à la main
       *[other] { $n } éléments à voir ou à faire à la main
    }
report-by-hand-nothing = Rien à faire à la main
report-filter = Quels éléments montrer
report-filter-by-hand = À voir à la main
report-filter-failed = En échec
report-filter-linked = Liens
report-filter-skipped = Laissés sur place
report-filter-renamed = Renommés
report-filter-all = Tous
report-none = Aucun.
report-choose = Choisissez une ligne pour tout lire.
report-what = Élément
report-outcome = Issue
report-why = Pourquoi, et que faire
short-moved = Déménagé
short-converted = Converti
short-linked = Lien
short-kept = Déjà là
short-skipped = Laissé
short-failed = Échec
report-from = À la source : { $path }
report-to = Dans votre Nextcloud : { $path }
report-open-source = Ouvrir à la source
report-linked = Ce genre d’élément (formulaire, site, carte…) n’existe que chez Google ; un fichier de lien y mène. Refaites-le dans votre Nextcloud avant de fermer le compte Google.

report-proof = La preuve
report-proof-words = Chaque fichier a été comparé à son arrivée. Vous pouvez tout faire revérifier maintenant dans votre Nextcloud ; cela n’y change rien.
report-prove = Tout revérifier
report-proof-bad = Tout n’est pas en ordre. Ce qui est abîmé sera envoyé à nouveau si vous cherchez ce qui a changé puis relancez le déménagement. Ce qui manque a été supprimé dans le Nextcloud : vous le trouverez sans doute dans sa corbeille.

report-then = Et maintenant
report-open-words = Allez voir vos fichiers à leur nouvelle place.
report-open-target = Ouvrir votre Nextcloud
report-open-practice = En répétition, il n’y a pas de vrai Nextcloud à ouvrir.
report-again-words = Si l’on a continué à travailler à l’ancien endroit, un second passage n’emporte que ce qui est nouveau ou modifié, après un nouvel aperçu.
report-next = Retour à l’accueil

access-title = Retirer les accès
access-words = Quand tout est fini, Transhumance n’a plus besoin d’accéder à vos comptes. Il rend ses accès aux deux bouts et les oublie sur cet ordinateur.
access-leave = Se déconnecter et oublier…
access-ask = Retirer les accès de Transhumance ?
access-ask-words = Vos fichiers restent où ils sont, des deux côtés. Pour reprendre ce déménagement ou chercher ce qui a changé, il faudra vous connecter à nouveau.
access-of = L’accès à { $host }
access-others = D’autres déménagements vers le même compte devront aussi se reconnecter.
access-yes = Retirer
access-no = Garder
access-leaving = L’accès à { $host } est rendu…
access-left = L’accès à { $host } est rendu, et oublié ici.
access-failed = L’accès à { $host } n’a pas pu être rendu ; il est encore gardé ici.
access-by-hand-google = À la main : myaccount.google.com/connections, puis l’application que vous avez créée, et « Supprimer l’accès ».
access-by-hand-dropbox = À la main : www.dropbox.com/account/connected_apps, puis l’application que vous avez créée, et « Déconnecter ».
access-by-hand-nextcloud = À la main : dans le Nextcloud, Paramètres personnels, Sécurité, puis retirez « Transhumance » des appareils et sessions.
