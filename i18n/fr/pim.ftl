# Agendas, contacts et tâches. Les clés des raisons sont « reason- » et le code que gardent le registre et les rapports.

reason-collection-exists = Votre Nextcloud en a déjà un de ce nom ; ce qui lui manque y est ajouté, et ce qui s’y trouve reste.
reason-same-object = Votre Nextcloud a déjà exactement cette entrée à cet endroit. Rien à faire.
reason-object-changed-at-source = La source l’a modifié depuis le déménagement, et personne n’y a touché dans votre Nextcloud ; la nouvelle version remplace l’ancienne.
reason-uid-taken = Votre Nextcloud a déjà, à cet endroit, une autre entrée avec le même identifiant. Si les deux disent la même chose, rien n’est ajouté ; sinon les deux sont gardées : comparez-les et supprimez-en une.

reason-calendars-not-chosen = Les agendas ne font pas partie de cette migration. Pour les emporter, écrivez « calendars = true » dans le fichier de migration.
reason-contacts-not-chosen = Les contacts ne font pas partie de cette migration. Pour les emporter, écrivez « contacts = true » dans le fichier de migration.
reason-tasks-not-chosen = Les tâches ne font pas partie de cette migration. Pour les emporter, écrivez « tasks = true » dans le fichier de migration.
reason-shared-calendar = Il appartient à une autre personne, qui l’a partagé avec vous. Pour en emporter une copie, écrivez « shared_calendars = true » dans le fichier de migration ; le mieux est que cette personne le déménage et le partage de nouveau.
reason-subscribed-calendar = C’est un agenda d’ailleurs, auquel vous êtes abonné·e. Pour vous y abonner aussi dans votre Nextcloud, écrivez « subscribed_calendars = true » dans le fichier de migration.
reason-other-contacts = Google a noté cette personne de lui-même à cause d’un message ; elle n’est pas parmi les contacts. Pour emporter ces personnes, écrivez « other_contacts = true » dans le fichier de migration.
reason-collection-left-out = L’agenda ou le carnet d’adresses qui le contient reste sur place, et tout son contenu avec lui. Voyez pourquoi il reste.
reason-duplicate-uid = La même entrée s’y trouve deux fois ; l’autre est déménagée. Rien à faire.
reason-uid-in-trash = Quelqu’un a supprimé cette même entrée dans votre Nextcloud, et elle est encore dans la corbeille de l’agenda. Restaurez-la, ou videz cette corbeille et recommencez.
reason-not-granted = La connexion ne couvre pas cela (une case qui n’a pas été cochée, ou une connexion d’avant) : impossible de le lire. Connectez-vous à nouveau en autorisant tout, puis recommencez ; ou laissez cela de côté dans le fichier de migration.
reason-free-busy-only = La personne à qui il appartient vous montre seulement quand elle est occupée, pas ses rendez-vous : il n’y a rien à déménager. Demandez-lui de le partager entièrement avec vous, ou de le déménager elle-même.
reason-subscription-address-unknown = Vous êtes abonné·e à cet agenda par une adresse que la source ne donne pas. Abonnez-vous à nouveau dans votre Nextcloud : « Nouvel agenda », puis « Nouvel abonnement à partir d’un lien ».
reason-generated-collection = Un programme le fabrique à partir d’autres données (les anniversaires des contacts, par exemple), et votre Nextcloud le fait de lui-même. Rien à faire.

reason-too-many-calendars = Un Nextcloud n’accepte que 30 agendas et abonnements. Supprimez-en ou regroupez-en, ou laissez-en de côté, puis refaites un aperçu. La personne qui gère votre Nextcloud peut en autoriser davantage ; indiquez-le alors avec « calendars_at_most » dans le fichier de migration.
reason-too-many-address-books = Un Nextcloud n’accepte que 10 carnets d’adresses. Supprimez-en ou regroupez-en, puis refaites un aperçu. La personne qui gère votre Nextcloud peut en autoriser davantage ; indiquez-le alors avec « address_books_at_most » dans le fichier de migration.
reason-object-too-large = C’est plus lourd que ce qu’accepte un Nextcloud (10 Mo pour une entrée d’agenda, 5 Mo pour un contact). Retirez-en les grosses pièces jointes à la source, puis recommencez.
reason-collection-failed = L’agenda ou le carnet d’adresses où il va n’a pas pu être créé. Voyez pourquoi, puis recommencez.
reason-broken-object = C’est si abîmé qu’aucun agenda ni carnet d’adresses ne peut le lire. Son texte a été conservé ; les détails disent où.
reason-meaning-mismatch = Ce que votre Nextcloud a enregistré n’est pas ce qui a été envoyé, donc cela ne compte pas comme déménagé. Son texte a été conservé ; les détails disent où. Merci de le signaler.

proof-meaning = prouvé : relu, il dit la même chose

# transhumance init
init-shared-calendars = Des copies des agendas que d’autres personnes ont partagés avec vous.
init-subscribed-calendars = Les agendas d’ailleurs auxquels vous êtes abonné·e : comme abonnements, aussi.
init-other-contacts = Google : les personnes qu’il a notées de lui-même au fil de vos messages.
init-import-calendar-files = Si les fichiers .ics et .vcf deviennent des agendas et des contacts au lieu d’être copiés comme fichiers.
init-at-most = Seulement si la personne qui gère votre Nextcloud autorise plus d’agendas ou de carnets d’adresses que d’habitude :

# Nombres
count-calendars =
    { $n ->
        [one] { $n } agenda
       *[other] { $n } agendas
    }
count-events =
    { $n ->
        [one] { $n } évènement
       *[other] { $n } évènements
    }
count-tasks =
    { $n ->
        [one] { $n } tâche
       *[other] { $n } tâches
    }
count-address-books =
    { $n ->
        [one] { $n } carnet d’adresses
       *[other] { $n } carnets d’adresses
    }
count-contacts =
    { $n ->
        [one] { $n } contact
       *[other] { $n } contacts
    }

# À la fin des commandes
survey-done-calendars = Et { $calendars } avec { $events } et { $tasks }.
survey-done-contacts = Et { $books } avec { $contacts }.
preview-many-collections = Un Nextcloud peut n’accepter que dix nouveaux agendas ou carnets d’adresses par heure. Le déménagement l’attendrait alors, { $time } en tout ; la personne qui gère le vôtre peut lever cette limite.

# À côté de la barre de progression
progress-waiting = votre Nextcloud n’accepte plus de nouvel agenda pour l’instant ; prochain essai à { $time }
