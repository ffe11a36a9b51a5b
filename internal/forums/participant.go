package forums

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Participant finds who registered for a forum by the code of the letter or the badge,
// in the transaction of a room that takes his word for it. It answers Invalid, field
// code, to a code that nobody has, or whose holder takes no part.
func Participant(ctx context.Context, tx *db.Tx, forum ref.ID, code string) (Registration, error) {
	x, known, err := registrationByCode(ctx, tx, forum, tidyCode(code))
	if err == nil && (!known || x.State == Declined || x.State == Withdrawn) {
		err = problem.Fields{"code": {Key: "forums.code_unknown"}}.Err()
	}
	return x, err
}
