# Pourquoi un élément a reçu sa décision ou son issue : ce qui s'est passé, et ce qu'il faut faire.
# Les clés sont « reason- » suivi du code que gardent le journal et les rapports.

reason-same-content = Votre Nextcloud a déjà exactement ce fichier. Rien à faire.
reason-same-size-and-date = Votre Nextcloud a déjà un fichier de même nom, même taille et même date. Ouvrez-le si vous voulez vous assurer que c’est le bon.
reason-folder-exists = Le dossier y est déjà. Rien à faire.
reason-already-moved = Déjà déménagé, et inchangé depuis. Rien à faire.
reason-edited-at-target = Quelqu’un l’a modifié dans votre Nextcloud depuis son arrivée ; cette version plus récente est conservée. Rien à faire.
reason-moved-at-target = Quelqu’un l’a renommé ou déplacé dans votre Nextcloud depuis son arrivée ; il reste à sa nouvelle place. Rien à faire.
reason-deleted-at-target = Quelqu’un l’a supprimé dans votre Nextcloud depuis son arrivée ; il n’est donc pas remis. Pour le retrouver, restaurez-le depuis la corbeille de votre Nextcloud.
reason-changed-at-source = Il a changé à la source depuis son déménagement ; la nouvelle version remplace l’ancienne, que votre Nextcloud garde parmi les versions du fichier.
reason-name-taken = Votre Nextcloud a déjà autre chose sous ce nom, à cet endroit. Le réglage « on_conflict » du fichier de migration dit ce qui est fait dans ce cas.
    .window = Votre Nextcloud a déjà autre chose sous ce nom, à cet endroit. Ce qui est fait dans ce cas se choisit à l’étape « Quoi ».
reason-changed-on-both-sides = Il a changé à la source et dans votre Nextcloud depuis son déménagement. Comparez les deux versions et gardez la bonne.

reason-excluded = Il correspond à un motif de « exclude » dans le fichier de migration. Pour l’emporter, retirez ce motif.
    .window = Il correspond à un motif d’exclusion. Pour l’emporter, retirez ce motif à l’étape « Quoi ».
reason-files-not-chosen = Cette migration n’emporte pas les fichiers. Pour les emporter, mettez « files = true » dans le fichier de migration.
    .window = Ce déménagement n’emporte pas les fichiers. Pour les emporter, cochez-les à l’étape « Quoi ».
reason-not-chosen = Vous ne l’avez pas coché. Si vous le voulez, cochez-le dans la liste de ce qu’il faut déménager, puis regardez de nouveau l’aperçu.
reason-shared-with-me = Il appartient à quelqu’un d’autre, qui vous l’a partagé. Pour en emporter une copie, mettez « shared_with_me = true » dans le fichier de migration.
    .window = Il appartient à quelqu’un d’autre, qui vous l’a partagé. Pour en emporter une copie, cochez ce qui est partagé avec vous à l’étape « Quoi ».
reason-shared-drive-not-chosen = Il se trouve dans un Drive partagé. Pour emporter les Drive partagés, mettez « shared_drives = true » dans le fichier de migration.
    .window = Il se trouve dans un Drive partagé. Pour emporter les Drive partagés, cochez-les à l’étape « Quoi ».
reason-received-share = Quelqu’un d’autre l’a partagé avec ce compte. Pour en emporter une copie, mettez « received_shares = true » dans le fichier de migration.
    .window = Quelqu’un d’autre l’a partagé avec ce compte. Pour en emporter une copie, cochez les partages reçus à l’étape « Quoi ».
reason-external-storage = Il se trouve sur un stockage qui est seulement relié à l’ancien Nextcloud. Pour l’emporter, mettez « external_storage = true » dans le fichier de migration.
    .window = Il se trouve sur un stockage qui est seulement relié à l’ancien Nextcloud. Pour l’emporter, cochez les stockages externes à l’étape « Quoi ».
reason-shortcut-target-moved = C’est un raccourci vers un élément qui est déménagé à sa propre place ; il n’est donc pas copié deux fois. Rien à faire.
reason-folder-left-out = Le dossier qui le contient n’est pas emporté, et tout ce qu’il contient non plus. Voyez pourquoi ce dossier est laissé de côté.

reason-shortcut-dangling = C’est un raccourci vers un élément qui n’existe plus ou que vous n’avez plus le droit de voir. Il n’y a rien à déménager ; s’il vous manque, demandez à son ou sa propriétaire.
reason-shortcut-loop = C’est un raccourci qui revient sur lui-même. Il n’y a rien à déménager ; supprimez-le à la source si vous le souhaitez.
reason-symbolic-link = C’est un lien symbolique ; les liens ne sont pas suivis, pour ne rien copier deux fois ni sans fin. Si vous avez besoin de ce qu’il désigne, copiez-le dans le dossier.
reason-special-file = Ce n’est pas un fichier mais un élément du système (un tube, une prise ou un périphérique). Rien à faire.
reason-download-forbidden = La personne à qui il appartient n’autorise pas son téléchargement. Demandez-lui ce droit ou une copie, puis relancez.
reason-flagged-as-abuse = Google juge ce fichier dangereux et ne le remet pas. Si vous lui faites confiance, téléchargez-le à la main dans le navigateur et déposez-le dans votre Nextcloud.
reason-not-exportable = Ce genre de document ne peut pas être exporté. Ouvrez-le à la source et enregistrez-le à la main comme fichier.
reason-unreadable = Le système ne permet pas de lire ce fichier. Vérifiez ses droits d’accès, puis relancez.
reason-archive-part-damaged = Cette partie de l’archive est abîmée ; ce qui se trouve après l’endroit abîmé ne peut pas être lu. Téléchargez-la de nouveau depuis takeout.google.com, mettez-la à la place de celle-ci, puis refaites l’inventaire.
reason-archive-part-missing = Cette partie de l’archive n’est pas à côté des autres. Téléchargez-la depuis takeout.google.com, mettez-la avec elles, puis refaites l’inventaire.
reason-end-to-end-encrypted = Ce dossier est chiffré de bout en bout : seules les applications de bureau et mobiles de la personne à qui il appartient savent le lire. Copiez son contenu vous-même, depuis l’une d’elles.

reason-no-space = Il ne tient pas dans votre Nextcloud. Faites de la place ou demandez davantage d’espace, puis relancez.
reason-path-too-long = Le chemin jusqu’à cet élément est trop long pour votre Nextcloud. Raccourcissez à la source les noms des dossiers qui le contiennent, puis relancez.

reason-source-unauthorized = La connexion à la source n’est plus valable. Connectez-vous à nouveau avec « transhumance login », puis relancez.
    .window = La connexion à la source n’est plus valable. Connectez-vous à nouveau à l’étape « D’où », puis réessayez.
reason-source-gone = Il a été supprimé à la source après l’inventaire. Rien à faire.
reason-source-forbidden = La source ne permet pas à ce compte de le lire. Demandez l’accès à la personne à qui il appartient, puis relancez.
reason-source-changed = Il n’a cessé de changer pendant la lecture. Relancez quand plus personne ne travaille dessus.
reason-source-unavailable = La source est restée injoignable ou a échoué à plusieurs reprises. Relancez plus tard.
reason-download-quota = Trop de personnes ont téléchargé ce fichier récemment, et Google le bloque pendant un jour au plus. Relancez demain.
reason-target-refused = Votre Nextcloud l’a refusé. Les détails donnent sa réponse ; la personne qui l’administre pourra vous en dire plus.
reason-target-unavailable = Votre Nextcloud est resté injoignable ou a échoué à plusieurs reprises. Relancez plus tard.
reason-target-full = Votre Nextcloud est plein. Faites de la place ou demandez davantage d’espace, puis relancez.
reason-target-locked = Votre Nextcloud garde cet emplacement verrouillé : quelqu’un y travaille peut-être. Relancez dans un moment.
reason-target-too-large = Le fichier est plus gros que ce que votre Nextcloud accepte. Demandez à la personne qui l’administre de relever la limite, puis relancez.
reason-target-taken = Quelque chose de ce nom est apparu dans votre Nextcloud après l’aperçu ; nous n’y avons pas touché. Refaites un aperçu, puis relancez.
reason-target-changed = Il a changé dans votre Nextcloud après l’aperçu ; nous n’y avons pas touché. Refaites un aperçu, puis relancez.
reason-hash-mismatch = Ce qui est arrivé n’était pas ce qui était parti, et ce plusieurs fois de suite ; il ne compte donc pas comme déménagé. Relancez ; si cela se reproduit, un disque ou le réseau est abîmé en chemin.
reason-parent-failed = Le dossier qui doit le contenir n’a pas pu être créé. Voyez pourquoi ce dossier a échoué, puis relancez.

# Pourquoi un élément change de nom à l'arrivée. Les clés sont « name- » suivi du code.
name-forbidden = Votre Nextcloud n’accepte pas ce nom ou l’un de ses caractères ; il a été remplacé.
name-control-characters = Des caractères invisibles ont été retirés du nom.
name-trimmed = Des espaces aux extrémités ou des points à la fin du nom ont été retirés.
name-too-long = Le nom était trop long et a été raccourci ; son extension est conservée.
name-duplicate = Un autre élément du dossier porte le même nom ; celui-ci a donc reçu un numéro.
name-case-duplicate = Le nom d’un autre élément ne diffère que par des majuscules, que Windows et macOS ne distinguent pas ; celui-ci a donc reçu un numéro.
name-normalised = Le nom a la même apparence, mais ses accents sont maintenant écrits de la façon habituelle.
name-not-unicode = Le nom n’était pas un texte lisible ; ce qui a pu être lu est conservé.
name-extension = L’extension du nouveau format de fichier a été ajoutée.
name-empty = Il n’avait pas de nom ; il en a reçu un.
name-taken-at-target = Votre Nextcloud a déjà autre chose sous ce nom ; celui-ci a donc reçu un numéro.
