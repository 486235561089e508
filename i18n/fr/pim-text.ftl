# Ce qui a été fait au texte d’un évènement, d’une tâche ou d’un contact pour qu’un Nextcloud le prenne, et pourquoi certains restent hors d’atteinte.
# Les clés sont « change- » et « defect- » suivis du code que gardent le registre et les rapports.

change-byte-order-mark = Une marque invisible au début du texte a été retirée.
change-line-ends = Les lignes du texte finissent maintenant comme le veut la norme.
change-charset = Les lettres accentuées étaient écrites à l’ancienne et le sont maintenant comme aujourd’hui (UTF-8). Regardez un nom ou un titre pour voir s’ils sont justes.
change-control-characters = Des caractères de commande invisibles ont été retirés.
change-stray = Du texte qui ne faisait pas partie de la fiche a été retiré.
change-end-added = La dernière ligne manquait et a été ajoutée.
change-name-mended = Une propriété portait un nom que la norme interdit ; elle est gardée sous un nom voisin.
change-method-stripped = Une marque qui fait du texte une invitation a été retirée, pour que personne ne reçoive de courriel.
change-mail-alarm = Un rappel par courriel est devenu un rappel à l’écran : Nextcloud aurait écrit à toutes les personnes invitées.
change-alarm-mended = Un rappel ne disait pas comment ou quand rappeler ; il a été complété, ou mis de côté dans la fiche.
change-uid-added = Il manquait un identifiant ; il a été créé.
change-uid-shortened = L’identifiant était trop long ; un plus court le remplace, et l’ancien est gardé à côté.
change-stamp-added = La date de dernière modification manquait et a été ajoutée.
change-product-added = Le nom du logiciel d’origine manquait et a été ajouté.
change-version-added = La version du format manquait et a été ajoutée.
change-zone-added = La description du fuseau horaire manquait et a été ajoutée.
change-zone-mended = La description du fuseau horaire était fausse et a été corrigée. Vérifiez l’heure si elle compte.
change-date-mended = Une date était écrite de façon inhabituelle et a été corrigée.
change-duplicate-dropped = Une chose était dite deux fois ; elle ne l’est plus qu’une.
change-repeated-kept = Une chose était dite deux fois de deux façons ; la première compte, l’autre est gardée sans être affichée.
change-unreadable-kept = Une date était illisible ; elle est gardée sans être affichée. Complétez la fiche à la main.
change-vcard-2-1 = La fiche était dans un format très ancien (vCard 2.1) et est passée à celui d’aujourd’hui.
change-name-added = Il manquait un nom à afficher ; il a été tiré de ce que dit le reste.
change-structured-name-added = Le nom et le prénom n’étaient pas distingués ; les deux sont ensemble.
change-components-added = Des parties vides du nom ou de l’adresse ont été ajoutées, comme le veut la norme.
change-encoding-mended = Un texte ou une photo étaient codés à la manière d’un autre format ; c’est corrigé.
change-photo-scaled = La photo a été réduite pour que le contact tienne dans un Nextcloud. La grande reste où elle était.

defect-empty = Il n’y a rien dedans.
defect-not-this-format = Ce n’est ni un agenda ni un contact, quoi qu’en dise le nom. Ouvrez-le avec le logiciel d’où il vient.
defect-line = Une ligne du texte est incompréhensible. Corrigez-la à l’origine, ou ressaisissez la fiche à la main.
defect-unbalanced = Le texte est incomplet, comme coupé. Exportez-le de nouveau à l’origine.
defect-several = Il y a plusieurs fiches là où une seule est attendue. Exportez-les une par une, ou ressaisissez-les à la main.
defect-version = Le format est trop ancien ou inconnu. Ouvrez le fichier avec un autre logiciel et exportez-le de nouveau.
defect-component = Ce n’est ni un évènement, ni une tâche, ni une note de journal, et un Nextcloud ne prend rien d’autre.
defect-start = Le début n’est pas indiqué, ou pas lisiblement. Corrigez-le à l’origine, ou ressaisissez la fiche à la main.
defect-rule = On ne peut pas savoir quand cela se répète. Corrigez-le à l’origine, ou ressaisissez la fiche à la main.
defect-nameless = Le contact est vide.
defect-too-large = C’est plus gros que ce que prend un Nextcloud. Retirez quelque chose (un fichier, une photo), puis recommencez.
