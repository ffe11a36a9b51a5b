package resolutions

import (
	"cmp"
	"context"
	"slices"

	"birge/internal/orgs"
	"birge/internal/platform/db"
	"birge/internal/platform/ref"
)

// Report tells what became of the items of a document by a day.
type Report struct {
	Document
	Rows    []Row
	Total   Tally
	ByBody  []Tally // by owner, those without one last
	ByTheme []Tally
	Names   map[ref.ID]ref.Ref
	Today   db.Date
}

// Tally counts items by how they stand.
type Tally struct {
	Owner ref.ID // of ByBody, 0 for items without one
	Theme string // of ByTheme, "" for items without one
	Count map[Standing]int64
	All   int64
}

// N adds up the counts of some standings.
func (t Tally) N(of ...Standing) (n int64) {
	for _, s := range of {
		n += t.Count[s]
	}
	return n
}

func (t *Tally) add(s Standing) {
	if t.Count == nil {
		t.Count = map[Standing]int64{}
	}
	t.Count[s]++
	t.All++
}

// Columns are the parts into which a report puts items, in their order: each is told
// by the first standing of its list.
var Columns = [][]Standing{{Kept, KeptLate}, {Running}, {Late}, {Silent, Unanswered}, {Disputed}, {Declined}, {Waiting, NoOwner, Released}}

// reportOn counts rows.
func reportOn(rows []Row) (total Tally, byBody, byTheme []Tally) {
	for _, r := range rows {
		total.add(r.Standing)
		tallyOf(&byBody, func(t Tally) bool { return t.Owner == r.OwnerID }, Tally{Owner: r.OwnerID}).add(r.Standing)
		tallyOf(&byTheme, func(t Tally) bool { return t.Theme == r.Theme }, Tally{Theme: r.Theme}).add(r.Standing)
	}
	order := func(a, b Tally) int {
		unknown := func(t Tally) bool { return t.Owner == 0 && t.Theme == "" }
		if unknown(a) != unknown(b) {
			return map[bool]int{true: 1, false: -1}[unknown(a)]
		}
		return cmp.Compare(b.All, a.All)
	}
	slices.SortStableFunc(byBody, order)
	slices.SortStableFunc(byTheme, order)
	return total, byBody, byTheme
}

// tallyOf finds the tally that is meant in a list, or adds it.
func tallyOf(list *[]Tally, is func(Tally) bool, fresh Tally) *Tally {
	at := slices.IndexFunc(*list, is)
	if at < 0 {
		*list = append(*list, fresh)
		at = len(*list) - 1
	}
	return &(*list)[at]
}

// Report reads how the items of a document stand.
func (s *Service) Report(ctx context.Context, id ref.ID) (r Report, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if r.Document, err = documentByID(ctx, tx, id); err != nil {
			return err
		}
		r.Today = s.today(tx)
		if r.Rows, err = s.rows(ctx, tx, r.Document); err != nil {
			return err
		}
		r.Total, r.ByBody, r.ByTheme = reportOn(r.Rows)
		var ids []ref.ID
		for _, row := range r.Rows {
			ids = append(ids, named(row.OwnerID, row.ProposerOrg)...)
		}
		r.Names, err = orgs.Refs(ctx, tx, ids)
		return err
	})
	return r, err
}
