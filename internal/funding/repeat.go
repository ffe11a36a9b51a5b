package funding

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/ref"
	"birge/internal/projects"
)

// Repeat is an earlier text that a new one repeats.
type Repeat struct {
	Of ref.Ref
	// Share is the part of the new text that stands in the earlier one, 0 to 1.
	Share    float64
	Passages []string
}

const (
	// mostRepeats is how many earlier texts are told, of those that share most.
	mostRepeats = 5
	// leastShare is the part below which a repeat is not worth a word.
	leastShare   = 0.1
	mostPassages = 3
)

// RepeatsOfDraft tells which earlier projects, and which applications of the same
// organization, the text of a draft repeats.
func (s *Service) RepeatsOfDraft(ctx context.Context, by access.Actor, draft ref.ID) (found []Repeat, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		w, err := s.writing(ctx, tx, by, draft)
		if err != nil {
			return err
		}
		var text []string
		for _, name := range []string{"title.kk", "title.ru", "title.en", "summary.kk", "summary.ru", "summary.en", "need"} {
			text = append(text, w.Values.Get(name))
		}
		found, err = s.repeats(ctx, tx, strings.Join(text, "\n"), func(of ref.Ref, org ref.ID) bool {
			return of.Kind == projects.KindProject || org == w.Draft.OrgID && of.ID != w.Draft.Application
		})
		return err
	})
	return found, err
}

// RepeatsOfApplication tells the funder's side which earlier projects and which
// other applications an application repeats.
func (s *Service) RepeatsOfApplication(ctx context.Context, by access.Actor, id ref.ID) (found []Repeat, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		a, c, err := s.seenApplication(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if _, err := s.mayCheckApplication(by, a, c); err != nil {
			return err
		}
		found, err = s.repeats(ctx, tx, a.Proposal.publicText(), func(of ref.Ref, _ ref.ID) bool { return of.ID != a.ID })
		return err
	})
	return found, err
}

// repeats compares a text with those that the radar finds, word by word.
func (s *Service) repeats(ctx context.Context, tx *db.Tx, text string, allowed func(ref.Ref, ref.ID) bool) (found []Repeat, err error) {
	for _, of := range s.radar.Find(text, mostRepeats, allowed) {
		title, older, err := s.textOf(ctx, tx, of)
		if err != nil {
			return nil, err
		}
		share, passages := Repeats(text, older)
		if share < leastShare {
			continue
		}
		r := Repeat{Of: title, Share: share}
		slices.SortStableFunc(passages, func(a, b Passage) int { return cmp.Compare(b.To-b.From, a.To-a.From) })
		for _, p := range passages[:min(len(passages), mostPassages)] {
			r.Passages = append(r.Passages, text[p.From:p.To])
		}
		found = append(found, r)
	}
	slices.SortStableFunc(found, func(a, b Repeat) int { return cmp.Compare(b.Share, a.Share) })
	return found, nil
}

// textOf is an earlier text with the name of what it belongs to.
func (s *Service) textOf(ctx context.Context, tx *db.Tx, of ref.Ref) (ref.Ref, string, error) {
	if of.Kind == KindApplication {
		a, err := applicationByID(ctx, tx, of.ID)
		return a.Ref(), a.Proposal.publicText(), err
	}
	list, err := projects.TextsIn(ctx, tx, []ref.ID{of.ID})
	if err != nil || len(list) == 0 {
		return of, "", err
	}
	return list[0].Ref, list[0].Text, nil
}

// PriceBefore is what a thing of the name and unit of a line cost in earlier
// applications of others; ok is false when too few told it.
func (s *Service) PriceBefore(l BudgetLine, draft ref.ID) (PriceRange, bool) {
	for _, lang := range i18n.Langs {
		if name := l.Name.Get(lang); name != "" {
			return s.prices.Of(name, l.Unit.Get(lang), draft)
		}
	}
	return PriceRange{}, false
}

// Learn fills the radar and the memory of prices with what the portal holds.
func (s *Service) Learn(ctx context.Context) error {
	if err := projects.EachText(ctx, s.db, func(t projects.ProjectText) error {
		s.radar.Put(t.Ref, t.OrgID, t.Text)
		return nil
	}); err != nil {
		return err
	}
	return db.Stream(ctx, s.db, 500, func(a Application) ref.ID { return a.ID },
		func(tx *db.Tx, last ref.ID) ([]Application, error) { return applicationsAfter(ctx, tx, last, 500) },
		func(a Application) error {
			s.learn(a)
			return nil
		})
}

// learn takes one application into memory. Prices of a round that is still open
// are told to nobody.
func (s *Service) learn(a Application) {
	if a.State == Withdrawn {
		s.radar.Drop(a.Ref())
		s.prices.Drop(a.DraftID)
		return
	}
	s.radar.Put(a.Ref(), a.OrgID, a.Proposal.publicText())
	if a.State.Checked() {
		s.prices.Put(a.DraftID, a.Proposal.prices())
	}
}

// Renew brings radar and prices up to entries of the journal.
func (s *Service) Renew(ctx context.Context, batch []journal.Entry) error {
	var told, applied []ref.ID
	for _, e := range batch {
		switch e.Thing.Kind {
		case projects.KindProject:
			told = append(told, e.Thing.ID)
		case KindApplication:
			applied = append(applied, e.Thing.ID)
		}
	}
	for part := range slices.Chunk(told, 300) {
		if err := s.db.View(ctx, func(tx *db.Tx) error {
			list, err := projects.TextsIn(ctx, tx, part)
			for _, t := range list {
				s.radar.Put(t.Ref, t.OrgID, t.Text)
			}
			return err
		}); err != nil {
			return err
		}
	}
	return s.db.View(ctx, func(tx *db.Tx) error {
		for _, id := range applied {
			a, err := applicationByID(ctx, tx, id)
			if err != nil {
				return err
			}
			s.learn(a)
		}
		return nil
	})
}
