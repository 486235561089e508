preview-title = Voici ce qui se passerait
preview-lead = Rien n’a encore bougé.
preview-go = Déménager maintenant
