package awards

import (
	"context"
	"fmt"
	"io/fs"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/ref"

	"gopkg.in/yaml.v3"
)

// reported is what forums.yaml tells of awards.
type reported struct {
	Sources map[string]struct {
		Publisher string
		Published db.Date
		Language  i18n.Lang
	}
	Forums []struct {
		Source, Kato string
		Held         db.Date
		Awards       []struct {
			Nominations []i18n.Text
			AndOthers   bool      `yaml:"and_others"`
			Winners     yaml.Node // names, or words on why they are left out
		}
	}
}

// shown is awards.yaml: titles and translations.
type shown struct {
	Awards []struct {
		Source       string
		No           int
		Kind         string
		Titled       bool
		People       int64
		Title, About i18n.Text
	}
	Nominations []i18n.Text
}

// told is a round of a report with its laureates.
type told struct {
	Round
	laureates []Laureate
}

// LoadFacts adds the awards of forums.yaml that are not there yet, with the titles
// and translations of awards.yaml. An award without a title here, or a place that is
// not known, is an error: facts ship whole or not at all.
func (s *Service) LoadFacts(ctx context.Context, by access.Actor, facts fs.FS, place func(kato string) (ref.ID, bool)) error {
	var said reported
	var show shown
	for name, into := range map[string]any{"forums.yaml": &said, "awards.yaml": &show} {
		b, err := fs.ReadFile(facts, name)
		if err == nil {
			err = yaml.Unmarshal(b, into)
		}
		if err != nil {
			return fmt.Errorf("awards: %s: %w", name, err)
		}
	}
	list, err := join(said, show, place)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		for _, t := range list {
			if err := addTold(ctx, tx, by, t); err != nil {
				return err
			}
		}
		return nil
	})
}

// join makes rounds of what is said and how it is shown.
func join(said reported, show shown, place func(kato string) (ref.ID, bool)) (list []told, err error) {
	kazakh := map[string]i18n.Text{}
	for _, n := range show.Nominations {
		kazakh[n.RU] = n
	}
	for _, forum := range said.Forums {
		about := said.Sources[forum.Source]
		at, ok := place(forum.Kato)
		if !ok {
			return nil, fmt.Errorf("awards: no place has the code %s", forum.Kato)
		}
		for i, a := range forum.Awards {
			t := told{Round: Round{PlaceID: at, HeldOn: forum.Held, Fact: fmt.Sprintf("%s %d", forum.Source, i+1),
				Source: Source{Code: forum.Source, Publisher: about.Publisher, Published: about.Published, Lang: about.Language}}}
			if err := t.name(show, i+1); err != nil {
				return nil, err
			}
			t.AndOthers = a.AndOthers
			for k, n := range a.Nominations {
				w, ok := kazakh[n.RU]
				if !ok {
					return nil, fmt.Errorf("awards: awards.yaml does not translate %q", n.RU)
				}
				t.Nominations = append(t.Nominations, Nomination{No: k + 1, Title: w})
			}
			if err := t.win(a.Winners, about.Language); err != nil {
				return nil, err
			}
			list = append(list, t)
		}
	}
	return list, nil
}

// name gives a round of a report the title and the words that are shown.
func (t *told) name(show shown, no int) error {
	for _, a := range show.Awards {
		if a.Source == t.Source.Code && a.No == no {
			t.Kind, t.Title, t.About, t.People, t.Titled = a.Kind, a.Title, a.About, a.People, a.Titled
			return nil
		}
	}
	return fmt.Errorf("awards: awards.yaml says nothing of %s", t.Fact)
}

// win reads who was honoured, where names are given.
func (t *told) win(winners yaml.Node, l i18n.Lang) error {
	if winners.Kind != yaml.SequenceNode {
		return nil
	}
	var names []string
	if err := winners.Decode(&names); err != nil {
		return fmt.Errorf("awards: winners of %s: %w", t.Fact, err)
	}
	for _, name := range names {
		t.laureates = append(t.laureates, Laureate{Named: i18n.Only(l, name), Kind: t.Kind, AwardedOn: t.HeldOn})
	}
	return nil
}

func addTold(ctx context.Context, tx *db.Tx, by access.Actor, t told) error {
	if ok, err := factKnown(ctx, tx, t.Fact); ok || err != nil {
		return err
	}
	r := t.Round
	r.ID, r.Version, r.CreatedAt, r.PublishedAt = tx.NewID(), 1, db.At(tx.Now()), db.At(tx.Now())
	if err := insertRound(ctx, tx, r); err != nil {
		return err
	}
	if err := journal.Record(ctx, tx, by, "awards.round.tell", nil, r); err != nil {
		return err
	}
	for _, l := range t.laureates {
		l.ID, l.Version, l.RoundID = tx.NewID(), 1, r.ID
		if err := insertLaureate(ctx, tx, l); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, by, "awards.laureate.tell", nil, l); err != nil {
			return err
		}
	}
	return nil
}
