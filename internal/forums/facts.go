package forums

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

// said is a text of the file: the report's own Russian and our English, or our
// English alone.
type said struct{ RU, EN string }

// UnmarshalYAML takes a bare text too: of a list in the report's language it is
// told apart by whoever reads the list.
func (w *said) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		w.EN = n.Value
		return nil
	}
	var x struct{ RU, EN string }
	err := n.Decode(&x)
	w.RU, w.EN = x.RU, x.EN
	return err
}

// reported is the part of forums.yaml that this room keeps.
type reported struct {
	Sources map[string]struct {
		Publisher string
		Published db.Date
		Language  i18n.Lang
	}
	Forums []reportedForum
}

type reportedForum struct {
	Source, Kato, Edition                       string
	City, Theme, Venue                          said
	Held                                        db.Date
	Days                                        int64
	Online                                      bool `yaml:"online_rooms"`
	Participants, Exhibition, Discussed, Panels []said
	Plenary                                     []said `yaml:"plenary_sessions"`
	Presentations, Institutions                 []said
	Control                                     []said `yaml:"public_control_of"`
	Projects                                    []struct {
		By   said
		What string
	} `yaml:"reported_projects"`
	Delegations struct {
		Others bool     `yaml:"and_others"`
		RU     []string `yaml:"ru"`
	}
}

// words are our translations of what the file says, by its Russian words, or its
// English ones where it has no Russian.
type words map[string]i18n.Text

// text is what is said in three languages; a text without a translation is an error.
func (w words) text(x said) (i18n.Text, error) {
	key := x.RU
	if key == "" {
		key = x.EN
	}
	if key == "" {
		return i18n.Text{}, nil
	}
	t, ok := w[key]
	if !ok {
		return i18n.Text{}, fmt.Errorf("forums: %q has no translation", key)
	}
	out := i18n.Text{KK: t.KK, RU: x.RU, EN: x.EN}
	if out.RU == "" {
		out.RU = t.RU
	}
	if t.EN != "" { // says also who did it, where the file says it apart
		out.EN = t.EN
	}
	if out.KK == "" || out.RU == "" || out.EN == "" {
		return out, fmt.Errorf("forums: %q is not translated whole", key)
	}
	return out, nil
}

// LoadFacts adds the forums of forums.yaml that are not there yet, each with the
// sessions that its report names. What cannot be read whole is an error.
func (s *Service) LoadFacts(ctx context.Context, by access.Actor, facts fs.FS, place func(kato string) (ref.ID, bool)) error {
	var file reported
	var w words
	for name, into := range map[string]any{"forums.yaml": &file, "forum_words.yaml": &w} {
		b, err := fs.ReadFile(facts, name)
		if err != nil {
			return fmt.Errorf("forums: %w", err)
		}
		if err := yaml.Unmarshal(b, into); err != nil {
			return fmt.Errorf("forums: %s: %w", name, err)
		}
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		for _, r := range file.Forums {
			if _, known, err := byCode(ctx, tx, r.Source); known || err != nil {
				if err != nil {
					return err
				}
				continue
			}
			about := file.Sources[r.Source]
			f, err := s.forumOf(r, w, place)
			if err != nil {
				return err
			}
			f.ID, f.Version, f.AnnouncedOn = tx.NewID(), 1, s.today(tx)
			f.Source = Source{Code: r.Source, Publisher: about.Publisher, Published: about.Published, Lang: about.Language}
			if err := s.addReported(ctx, tx, by, f, r, w); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) addReported(ctx context.Context, tx *db.Tx, by access.Actor, f Forum, r reportedForum, w words) error {
	if err := insert(ctx, tx, f); err != nil {
		return err
	}
	if err := journal.Record(ctx, tx, by, "forums.report", nil, f); err != nil {
		return err
	}
	for _, part := range []struct {
		kind SessionKind
		list []said
	}{{Plenary, r.Plenary}, {Section, r.Panels}, {Presentation, r.Presentations}} {
		for _, x := range part.list {
			title, err := w.text(x)
			if err != nil {
				return err
			}
			one := Session{ID: tx.NewID(), Version: 1, ForumID: f.ID, SessionPlan: SessionPlan{Kind: part.kind, Title: title}, People: []Person{}}
			if err := insertSession(ctx, tx, one); err != nil {
				return err
			}
			if err := journal.Record(ctx, tx, by, "forums.session.report", nil, one); err != nil {
				return err
			}
		}
	}
	return nil
}

// forumOf reads what a report says of a forum.
func (s *Service) forumOf(r reportedForum, w words, place func(kato string) (ref.ID, bool)) (f Forum, err error) {
	id, ok := place(r.Kato)
	if !ok {
		return f, fmt.Errorf("forums: no place has the code %s", r.Kato)
	}
	at, _ := s.Places.Tree().Place(id)
	f = Forum{Code: r.Source, Days: r.Days, Said: []Saying{}}
	f.PlaceID, f.Edition, f.From = id, r.Edition, r.Held
	f.Title = i18n.Text{KK: "Азаматтық форум: " + at.Name.KK, RU: "Гражданский форум: " + at.Name.RU, EN: "Civic forum: " + at.Name.EN}
	if r.Days <= 1 {
		f.Until = r.Held
	}
	for into, x := range map[*i18n.Text]said{&f.Theme: r.Theme, &f.City: r.City, &f.Venue: r.Venue} {
		if *into, err = w.text(x); err != nil {
			return f, err
		}
	}
	for _, l := range r.sayings() {
		for _, x := range l.list {
			t, err := w.text(x)
			if err != nil {
				return f, err
			}
			saying := Saying{What: l.what, Text: t}
			if x.RU != "" {
				saying.WrittenIn = i18n.RU
			}
			f.Said = append(f.Said, saying)
		}
	}
	return f, nil
}

// sayings are what the report tells beside dates and sessions, by what it is about.
func (r reportedForum) sayings() []struct {
	what SayingKind
	list []said
} {
	var delegations, projects, others, online []said
	for _, name := range r.Delegations.RU {
		delegations = append(delegations, said{RU: name})
	}
	if r.Delegations.Others {
		others = []said{{EN: "and others"}}
	}
	for _, p := range r.Projects {
		projects = append(projects, said{EN: p.What})
	}
	if r.Online {
		online = []said{{EN: "the second day was held in online rooms by video call"}}
	}
	return []struct {
		what SayingKind
		list []said
	}{
		{Participants, r.Participants}, {Delegations, delegations}, {AndOthers, others}, {Discussed, r.Discussed}, {Control, r.Control},
		{Institutions, r.Institutions}, {Reported, projects}, {Exhibition, r.Exhibition}, {Online, online},
	}
}
