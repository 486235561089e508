choose-title = Que faut-il déménager ?
choose-lead = Ce qui est recommandé est déjà coché.
choose-surveying = Inventaire en cours : { $items } jusqu’ici
choose-planning = Préparation de l’aperçu
choose-found = L’inventaire compte { $items }.
choose-shared-with-me = Aussi ce que d’autres personnes ont partagé avec ce compte
choose-next = Voir l’aperçu
