package projects

import "birge/internal/accounts"

// Holder declares what this room keeps of natural persons: pictures in which
// they can be recognized, and papers of reports with their names. Nobody is
// found by them; a person asks and the picture goes (WithdrawFile).
func Holder() accounts.Holder {
	return accounts.Holder{Fields: []accounts.PersonalField{
		{Table: "project_files", Column: "file_id", Whose: "projects.whose.pictured", Purpose: "projects.purpose.pictures", Ground: "accounts.ground.consent", Keep: "projects.keep.withdrawn"},
		{Table: "files", Column: "evidence", Whose: "projects.whose.taking_part", Purpose: "projects.purpose.evidence", Ground: "accounts.ground.law", Keep: "projects.keep.agreement"},
	}}
}
