report-title = Le bilan
report-next = Retour à l’accueil
