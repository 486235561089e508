moving-title = Le déménagement
moving-lead = Vous pouvez fermer la fenêtre : la prochaine fois, il continue d’ici.
moving-progress = Avancement du déménagement
moving-pause = Mettre en pause
moving-resume = Reprendre
moving-next = Voir le bilan
