package norms

import (
	"context"
	"embed"
	"fmt"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"

	"gopkg.in/yaml.v3"
)

//go:embed seed
var seed embed.FS

// seeded is a file of the seed; dates are text because YAML has its own idea of them.
type seeded struct {
	Norms []struct {
		Key                  string
		Name, Law            i18n.Text
		N, To                int64
		AndMore              bool   `yaml:"and_more"`
		Day                  string `yaml:"day"`
		Unit, URL, From, End string
		Open                 bool
	}
	Terms map[string][]struct {
		Code        string
		Name, Short i18n.Text
		AtRisk      bool `yaml:"at_risk"`
		MayOpen     bool `yaml:"may_open"`
		NGO, Open   bool
	}
	Years []struct {
		Year int
		Law  i18n.Text
		URL  string
	}
	Days []struct {
		Day     string
		Working bool
		Reason  i18n.Text
		Moved   string
	}
}

// longSince is the beginning of entries that are older than the portal: the day
// of the law on the state social order.
const longSince = "2005-04-12"

// LoadSeed writes the norms, lists and calendars that ship with the portal, where
// they are not there yet. A key, a list's code or a date that keepers have had a
// hand in stays as it is.
func (s *Service) LoadSeed(ctx context.Context) error {
	c, err := readSeed()
	if err != nil {
		return err
	}
	by := access.Portal("seed")
	if err := s.db.Update(ctx, func(tx *db.Tx) error {
		b, err := s.bookIn(ctx, tx)
		if err != nil {
			return err
		}
		return seedInto(ctx, tx, by, b, c)
	}); err != nil {
		return err
	}
	return s.Reload(ctx)
}

func seedInto(ctx context.Context, tx *db.Tx, by access.Actor, b *Book, c content) error {
	for _, n := range c.norms {
		if seededNorm(b, n) {
			continue
		}
		n.ID, n.Version = tx.NewID(), 1
		if err := addNorm(ctx, tx, by, n); err != nil {
			return err
		}
	}
	for _, t := range c.terms {
		if _, ok := b.Term(t.List, t.Code); ok {
			continue
		}
		if len(b.terms[t.List]) > 0 { // a newer release adds to a list that lives
			t.Num = b.numFor(t.List, t.Code)
			b.terms[t.List] = append(b.terms[t.List], t)
		}
		t.ID, t.Version = tx.NewID(), 1
		if err := addTerm(ctx, tx, by, t); err != nil {
			return err
		}
	}
	return seedCalendar(ctx, tx, by, b, c)
}

// seededNorm: the key has this beginning, or a later one.
func seededNorm(b *Book, n Norm) bool { return b.changesLater(n.Key, n.From) }

func seedCalendar(ctx context.Context, tx *db.Tx, by access.Actor, b *Book, c content) error {
	inNow := map[int]bool{}
	for _, y := range c.years {
		if _, ok := b.calendar.Year(y.Year); ok {
			inNow[y.Year] = true
			continue
		}
		if err := applyYear(ctx, tx, by, b, y); err != nil {
			return err
		}
	}
	for _, d := range c.days {
		if _, ok := b.calendar.Day(d.Date); ok || inNow[d.Date.Year()] {
			continue
		}
		d.ID, d.Version = tx.NewID(), 1
		if err := addDay(ctx, tx, by, d); err != nil {
			return err
		}
	}
	return nil
}

func readSeed() (c content, err error) {
	for _, file := range []string{"seed/norms.yaml", "seed/terms.yaml", "seed/calendar.yaml"} {
		b, err := seed.ReadFile(file)
		if err != nil {
			return c, fmt.Errorf("norms: %w", err)
		}
		var s seeded
		if err := yaml.Unmarshal(b, &s); err != nil {
			return c, fmt.Errorf("norms: %s: %w", file, err)
		}
		if err := s.into(&c); err != nil {
			return c, fmt.Errorf("norms: %s: %w", file, err)
		}
	}
	return c, nil
}

// into adds what the file says to c.
func (s seeded) into(c *content) (err error) {
	date := func(day string) (d db.Date) {
		if day != "" && err == nil {
			d, err = db.ParseDate(day)
		}
		return d
	}
	for _, n := range s.Norms {
		c.norms = append(c.norms, Norm{Key: n.Key, Name: n.Name, Value: Value{n.N, n.To, n.AndMore, n.Day}, Unit: Unit(n.Unit),
			Law: n.Law, LawURL: n.URL, From: date(n.From), To: date(n.End), Open: n.Open})
	}
	for _, list := range Lists {
		for i, t := range s.Terms[list] {
			c.terms = append(c.terms, Term{List: list, Code: t.Code, Num: int64(i + 1), Name: t.Name, Short: t.Short,
				AtRisk: t.AtRisk, MayOpen: t.MayOpen, NGO: t.NGO, Open: t.Open, Since: date(longSince)})
		}
	}
	for _, y := range s.Years {
		c.years = append(c.years, Year{Year: y.Year, Law: y.Law, LawURL: y.URL})
	}
	for _, d := range s.Days {
		c.days = append(c.days, Day{Date: date(d.Day), Working: d.Working, Reason: d.Reason, MovedFrom: date(d.Moved)})
	}
	return err
}
