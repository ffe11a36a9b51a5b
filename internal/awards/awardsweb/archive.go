package awardsweb

import (
	"context"
	"fmt"

	"birge/internal/awards"
	"birge/internal/forums"
	"birge/internal/platform/table"
)

// Shelve adds to the package of a forum who was honoured there. Private persons are
// counted, never named.
func (h *Pages) Shelve(ctx context.Context, f forums.Forum, pack *forums.Package) error {
	list, err := h.Awards.OfForum(ctx, f.ID)
	if err != nil {
		return err
	}
	for i, x := range list {
		if err := pack.Table(fmt.Sprintf("awards/%02d.csv", i+1), []string{"award", "nomination_kk", "nomination_ru", "laureate", "given", "sum_tenge", "awarded_on", "reason", "revoked"}, laureateRows(x)); err != nil {
			return err
		}
	}
	return nil
}

func laureateRows(x awards.Honoured) (rows [][]table.Cell) {
	for _, l := range x.Laureates {
		in, _ := x.Round.Nomination(l.Nomination)
		who := l.Named.RU
		if l.OrgID != 0 {
			who = x.Orgs[l.OrgID].Title.RU
		}
		reason := l.Reason.RU
		if l.Person {
			who, reason = "", ""
		}
		rows = append(rows, []table.Cell{table.Text(x.Round.Title.RU), table.Text(in.Title.KK), table.Text(in.Title.RU), table.Text(who), table.Text(l.Kind), table.Money(l.Sum), table.Date(l.AwardedOn), table.Text(reason), table.YesNo(!l.Stands())})
	}
	return rows
}
