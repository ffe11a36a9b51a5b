package figures

import (
	"context"
	"encoding/csv"
	"fmt"
	"io/fs"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/ref"

	"gopkg.in/yaml.v3"
)

// indicator is what figures count, with our translations.
type indicator struct{ EN, KK, RU, Topic, Group string }

// New opens the room with the words, groups and topics of indicators.yaml.
func New(d *db.DB, facts fs.FS) (*Service, error) {
	b, err := fs.ReadFile(facts, "indicators.yaml")
	if err != nil {
		return nil, fmt.Errorf("figures: %w", err)
	}
	var file struct {
		Groups map[string]struct {
			Slack int
			Name  i18n.Text
		}
		Topics     []string
		Indicators []indicator
		Notes      map[string]i18n.Text
	}
	if err := yaml.Unmarshal(b, &file); err != nil {
		return nil, fmt.Errorf("figures: indicators.yaml: %w", err)
	}
	s := &Service{db: d, topics: file.Topics, words: map[string]indicator{}, notes: map[string]i18n.Text{}}
	for code, g := range file.Groups {
		s.groups = append(s.groups, Group{code, g.Name, g.Slack})
	}
	slices.SortFunc(s.groups, func(a, b Group) int { return strings.Compare(a.Code, b.Code) })
	for _, i := range file.Indicators {
		s.words[i.EN] = i
	}
	for en, n := range file.Notes {
		s.notes[en] = i18n.Text{KK: n.KK, RU: n.RU, EN: en}
	}
	return s, nil
}

// Places finds the place that has a KATO code.
type Places func(kato string) (ref.ID, bool)

// LoadFacts adds every figure of figures.csv and forums.yaml that is not there
// yet, in one transaction. An unknown place or indicator is an error: facts ship
// whole or not at all.
func (s *Service) LoadFacts(ctx context.Context, by access.Actor, facts fs.FS, places Places) error {
	published, err := s.readTable(facts, places)
	if err != nil {
		return err
	}
	said, err := s.readForums(facts, places)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		for _, c := range append(published, said...) {
			if err := add(ctx, tx, by, c); err != nil {
				return err
			}
		}
		return nil
	})
}

func add(ctx context.Context, tx *db.Tx, by access.Actor, c Cited) error {
	src, ok, err := sourceByCode(ctx, tx, c.Source.Code)
	if err != nil {
		return err
	}
	if !ok {
		src = c.Source
		src.ID, src.Version = tx.NewID(), 1
		if err := insertSource(ctx, tx, src); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, by, "figures.source.add", nil, src); err != nil {
			return err
		}
	}
	if ok, err := known(ctx, tx, c.Fact); ok || err != nil {
		return err
	}
	f := c.Figure
	f.ID, f.Version, f.SourceID = tx.NewID(), 1, src.ID
	if err := insert(ctx, tx, f); err != nil {
		return err
	}
	return journal.Record(ctx, tx, by, "figures.add", nil, f)
}

// readTable reads figures.csv.
func (s *Service) readTable(facts fs.FS, places Places) (out []Cited, err error) {
	f, err := facts.Open("figures.csv")
	if err != nil {
		return nil, fmt.Errorf("figures: %w", err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("figures: figures.csv: %w", err)
	}
	for _, l := range lines[1:] { // kato, period, indicator, value, unit, qualifier, definition, source
		value, err := strconv.ParseFloat(l[3], 64)
		if err != nil {
			return nil, fmt.Errorf("figures: figures.csv: %w", err)
		}
		fig := Figure{Fact: strings.Join([]string{l[7], l[0], l[1], l[2]}, " "), Value: value, Unit: l[4], Qualifier: l[5],
			Definition: l[6], Period: l[1]}
		if err := s.complete(&fig, l[2], l[0], places); err != nil {
			return nil, err
		}
		out = append(out, Cited{fig, Source{Code: l[7], Publisher: host(l[7]), URL: l[7]}})
	}
	return out, nil
}

// complete fills in what is told by the indicator, the period and the codes of
// places ("710000000+750000000").
func (s *Service) complete(f *Figure, what, katos string, places Places) error {
	w, ok := s.words[what]
	if !ok {
		return fmt.Errorf("figures: %q is not among the indicators", what)
	}
	f.Indicator, f.WrittenIn, f.Topic, f.Group = i18n.Text{KK: w.KK, RU: w.RU, EN: w.EN}, i18n.EN, w.Topic, w.Group
	f.From, f.To = ReadPeriod(f.Period)
	f.Places = []ref.ID{}
	for kato := range strings.FieldsFuncSeq(katos, func(r rune) bool { return r == '+' }) {
		id, ok := places(kato)
		if !ok {
			return fmt.Errorf("figures: no place has the code %s", kato)
		}
		f.Places = append(f.Places, id)
	}
	slices.Sort(f.Places)
	return nil
}

func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Host, "www.")
}

// forumsFile is the part of forums.yaml that this room keeps.
type forumsFile struct {
	Sources map[string]struct {
		Publisher string
		Published db.Date
		Language  i18n.Lang
	}
	Forums []struct {
		Source, Kato, Edition string
		City, Theme           i18n.Text
		Held                  db.Date
		Figures               []struct {
			Indicator, Qualifier, Unit, Scope, Note string
			Value                                   float64
			Year                                    string
			Change                                  *float64 `yaml:"change_percent"`
		}
	}
}

func (s *Service) readForums(facts fs.FS, places Places) (out []Cited, err error) {
	b, err := fs.ReadFile(facts, "forums.yaml")
	if err != nil {
		return nil, fmt.Errorf("figures: %w", err)
	}
	var file forumsFile
	if err := yaml.Unmarshal(b, &file); err != nil {
		return nil, fmt.Errorf("figures: forums.yaml: %w", err)
	}
	for _, forum := range file.Forums {
		about := file.Sources[forum.Source]
		src := Source{Code: forum.Source, Publisher: about.Publisher, Published: about.Published, Lang: about.Language,
			Forum: &Forum{KATO: forum.Kato, City: forum.City, Held: forum.Held, Edition: forum.Edition, Theme: forum.Theme}}
		for _, said := range forum.Figures {
			f := Figure{Fact: forum.Source + " " + said.Year + " " + said.Indicator, Value: said.Value, Unit: said.Unit,
				Qualifier: said.Qualifier, Period: said.Year, Change: said.Change, Scope: said.Scope, Note: s.note(said.Note)}
			if f.Unit == "" {
				f.Unit = "count"
			}
			if err := s.complete(&f, said.Indicator, forum.Kato, places); err != nil {
				return nil, err
			}
			f.WrittenIn = "" // the report is in Russian and its words are not kept: every language is ours
			out = append(out, Cited{f, src})
		}
	}
	return out, nil
}

func (s *Service) note(en string) i18n.Text {
	if n, ok := s.notes[en]; ok {
		return n
	}
	return i18n.Text{EN: en}
}
