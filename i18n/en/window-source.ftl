source-title = Where does your data come from?
source-lead = The program reads there, it never writes.
source-name = Name of this migration
source-name-help = To find it again later, such as the name of the association.
source-folder = A folder of this computer
