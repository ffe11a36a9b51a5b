package resolutions

import (
	"context"
	"fmt"
	"io/fs"
	"strconv"

	"birge/internal/forums"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/journal"
	"birge/internal/platform/ref"

	"gopkg.in/yaml.v3"
)

// said is one line of a report; By says who said it.
type said struct {
	i18n.Text `yaml:",inline"`
	By        string
}

// saidList is what a report lists, and whether it says "and others".
type saidList struct {
	AndOthers bool `yaml:"and_others"`
	Items     []said
}

// forumsFile is the part of forums.yaml that this room keeps.
type forumsFile struct {
	Sources map[string]struct {
		Publisher string
		Published string
		Language  i18n.Lang
	}
	Forums []struct {
		Source                string
		Kato                  string
		Proposals, Resolution *saidList
		Outcome               []i18n.Text
	}
}

// conceptFile is concept.yaml.
type conceptFile struct {
	Title, Act i18n.Text
	Signed     string
	Stages     []i18n.Text
}

// speakers are the words by which forums.yaml says who proposed something.
var speakers = map[string]i18n.Text{
	"NGOs":        {KK: "ҮЕҰ", RU: "НПО", EN: "NGOs"},
	"journalists": {KK: "журналистер", RU: "журналисты", EN: "journalists"},
}

// otherTasks is how the report of Aktobe says that there were more items.
var otherTasks = i18n.Text{KK: "және басқа да міндеттерді шешу", RU: "и решение других задач", EN: "and other tasks"}

// PlaceByKATO finds the place that has a KATO code.
type PlaceByKATO func(kato string) (ref.Ref, bool)

// real is a document of the facts with what is in it.
type real struct {
	Document
	items     []i18n.Text
	proposals []Proposal
	target    string
}

// LoadFacts adds the documents of published reports that are not there yet, in one
// transaction: resolutions with their items and proposals, packages, the Concept.
func (s *Service) LoadFacts(ctx context.Context, by access.Actor, facts fs.FS, places PlaceByKATO) error {
	concept, err := readConcept(facts)
	if err != nil {
		return err
	}
	list, err := readForums(facts, places)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		for _, r := range append([]real{concept}, list...) {
			if err := s.addReal(ctx, tx, by, r); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) addReal(ctx context.Context, tx *db.Tx, by access.Actor, r real) error {
	if _, ok, err := documentByFact(ctx, tx, r.Fact); ok || err != nil {
		return err
	}
	if r.target != "" {
		target, _, err := documentByFact(ctx, tx, r.target)
		if err != nil {
			return err
		}
		r.TargetID = target.ID
	}
	if r.Source.Code != theConcept {
		forum, _, err := forums.ByCode(ctx, tx, r.Source.Code)
		if err != nil {
			return err
		}
		r.ForumID = forum.ID
	}
	r.ID, r.Version, r.Stage = tx.NewID(), 1, Adopted
	if r.Outcomes == nil {
		r.Outcomes = noTexts()
	}
	if err := insertDocument(ctx, tx, r.Document); err != nil {
		return err
	}
	if err := journal.Record(ctx, tx, by, "resolutions.begin", nil, r.Document); err != nil {
		return err
	}
	for _, text := range r.items {
		if _, err := s.addItem(ctx, tx, by, r.Document, Item{Text: text}); err != nil {
			return err
		}
	}
	for _, p := range r.proposals {
		p.ID, p.Version, p.DocumentID = tx.NewID(), 1, r.ID
		if err := insertProposal(ctx, tx, p); err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, by, "resolutions.proposal.add", nil, p); err != nil {
			return err
		}
	}
	return nil
}

func noTexts() []i18n.Text { return []i18n.Text{} }

// theConcept names the national Concept among the facts.
const theConcept = "concept"

func readConcept(facts fs.FS) (r real, err error) {
	var file conceptFile
	if err := readYAML(facts, "concept.yaml", &file); err != nil {
		return r, err
	}
	signed, err := db.ParseDate(file.Signed)
	if err != nil {
		return r, fmt.Errorf("resolutions: concept.yaml: %w", err)
	}
	r.Document = Document{Fact: theConcept, Kind: Concept, Title: file.Title, AdoptedOn: signed, Source: Source{Code: theConcept, Lang: i18n.RU, Act: file.Act}}
	r.Outcomes = file.Stages
	return r, nil
}

func readForums(facts fs.FS, places PlaceByKATO) (out []real, err error) {
	var file forumsFile
	if err := readYAML(facts, "forums.yaml", &file); err != nil {
		return nil, err
	}
	for _, f := range file.Forums {
		if f.Resolution == nil && f.Outcome == nil {
			continue
		}
		place, ok := places(f.Kato)
		if !ok {
			return nil, fmt.Errorf("resolutions: forums.yaml: no place %s", f.Kato)
		}
		about := file.Sources[f.Source]
		src := Source{Code: f.Source, Publisher: about.Publisher, Lang: about.Language}
		if about.Published != "" {
			if src.Published, err = db.ParseDate(about.Published); err != nil {
				return nil, fmt.Errorf("resolutions: forums.yaml: %s: %w", f.Source, err)
			}
		}
		r := real{Document: Document{Fact: f.Source, Kind: Resolution, PlaceID: place.ID, Source: src, Title: titleOf(place.Title, src, ofForum)}}
		r.fill(f.Resolution, f.Proposals)
		if len(f.Outcome) > 0 {
			r.Outcomes = append(r.Outcomes, f.Outcome[0])
		}
		out = append(out, r)
		for _, o := range f.Outcome[min(1, len(f.Outcome)):] {
			out = append(out, real{target: theConcept, Document: Document{Fact: f.Source + " package", Kind: Package, PlaceID: place.ID, Source: src,
				Title: titleOf(place.Title, src, ofPackage), Outcomes: []i18n.Text{o}}})
		}
	}
	return out, nil
}

// fill takes the items and proposals of a report.
func (r *real) fill(items, proposals *saidList) {
	if items != nil {
		for _, i := range items.Items {
			r.items = append(r.items, i.Text)
		}
		if r.AndOthers = items.AndOthers; r.AndOthers {
			r.Others = otherTasks
		}
	}
	if proposals == nil {
		return
	}
	r.MoreProposals = proposals.AndOthers
	for _, p := range proposals.Items {
		r.proposals = append(r.proposals, Proposal{Text: p.Text, ByWords: speakers[p.By]})
	}
}

// What a document of a forum is called.
var (
	ofForum   = i18n.Text{KK: "азаматтық форумның қарары", RU: "резолюция гражданского форума", EN: "resolution of the civic forum"}
	ofPackage = i18n.Text{KK: "жалпыұлттық жоспарға ұсыныстар топтамасы", RU: "пакет предложений в общенациональный план", EN: "package of proposals to the national plan"}
)

// titleOf names a document by its place and the year of the report.
func titleOf(place i18n.Text, src Source, what i18n.Text) (t i18n.Text) {
	year := ""
	if !src.Published.IsZero() {
		year = ", " + strconv.Itoa(src.Published.Year())
	}
	for _, l := range i18n.Langs {
		name, _ := place.In(l)
		t.Set(l, name+": "+what.Get(l)+year)
	}
	return t
}

func readYAML(facts fs.FS, name string, into any) error {
	b, err := fs.ReadFile(facts, name)
	if err != nil {
		return fmt.Errorf("resolutions: %w", err)
	}
	if err := yaml.Unmarshal(b, into); err != nil {
		return fmt.Errorf("resolutions: %s: %w", name, err)
	}
	return nil
}
