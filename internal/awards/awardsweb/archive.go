package awardsweb

import (
	"context"
	"fmt"

	"birge/internal/awards"
	"birge/internal/forums"
	"birge/internal/platform/access"
	"birge/internal/platform/table"
)

// Shelve adds to the package of a forum who was honoured there. Private persons are
// counted, never named.
func (h *Pages) Shelve(ctx context.Context, f forums.Forum, pack *forums.Package) error {
	rounds, err := h.Awards.Rounds(ctx)
	if err != nil {
		return err
	}
	no := 0
	for _, r := range rounds {
		if r.Forum.ID != f.ID {
			continue
		}
		no++
		st, err := h.Awards.Story(ctx, access.Actor{}, r.ID)
		if err != nil {
			return err
		}
		if err := pack.Table(fmt.Sprintf("awards/%02d.csv", no), []string{"award", "nomination_kk", "nomination_ru", "laureate", "given", "sum_tenge", "awarded_on", "reason", "revoked"}, laureateRows(st)); err != nil {
			return err
		}
	}
	return nil
}

func laureateRows(st awards.Story) (rows [][]table.Cell) {
	for _, l := range st.Laureates {
		in, _ := st.Round.Nomination(l.Nomination)
		who := l.Named.RU
		if l.OrgID != 0 {
			who = st.Orgs[l.OrgID].Title.RU
		}
		reason := l.Reason.RU
		if l.Person {
			who, reason = "", ""
		}
		rows = append(rows, []table.Cell{table.Text(st.Round.Title.RU), table.Text(in.Title.KK), table.Text(in.Title.RU), table.Text(who), table.Text(l.Kind), table.Money(l.Sum), table.Date(l.AwardedOn), table.Text(reason), table.YesNo(!l.Stands())})
	}
	return rows
}
