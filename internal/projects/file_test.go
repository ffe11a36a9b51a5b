package projects

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"testing"

	"birge/internal/platform/access"
	"birge/internal/platform/files"
	"birge/internal/platform/problem"
)

// A picture with a person in it is public only with recorded consent, a child's
// with a parent's; of a sheltered project or a closed event none is.
func TestWhoSeesAFile(t *testing.T) {
	open, sheltered, openly := Project{}, Project{Plan: Plan{AtRisk: true}}, Project{Plan: Plan{AtRisk: true, Openly: true}}
	paper := files.Consent{On: day("2026-01-01"), Keeper: "office"}
	ofParent := paper
	ofParent.Parent = true
	for _, c := range []struct {
		name    string
		project Project
		file    File
		closed  bool
		want    bool
	}{
		{"a document", open, File{Sort: Paper, ForAll: true}, false, true},
		{"a document for checking", open, File{Sort: Paper}, false, false},
		{"a document of a sheltered project", sheltered, File{Sort: Paper, ForAll: true}, false, true},
		{"evidence of a sheltered project", sheltered, File{Sort: Evidence, ForAll: true}, false, false},
		{"a landscape", open, File{Sort: Picture, ForAll: true, People: files.Nobody}, false, true},
		{"a landscape of a sheltered project", sheltered, File{Sort: Picture, ForAll: true, People: files.Nobody}, false, false},
		{"a landscape of a closed event", open, File{Sort: Picture, ForAll: true, People: files.Nobody}, true, false},
		{"people without consent", open, File{Sort: Picture, ForAll: true, People: files.Adults}, false, false},
		{"people with consent", open, File{Sort: Picture, ForAll: true, People: files.Adults, Consent: paper}, false, true},
		{"a child with a consent that no parent gave", open, File{Sort: Picture, ForAll: true, People: files.Children, Consent: paper}, false, false},
		{"a child with a parent's consent", open, File{Sort: Picture, ForAll: true, People: files.Children, Consent: ofParent}, false, true},
		{"a child in a project held openly", openly, File{Sort: Picture, ForAll: true, People: files.Children, Consent: ofParent}, false, true},
		{"a child in a sheltered project", sheltered, File{Sort: Picture, ForAll: true, People: files.Children, Consent: ofParent}, false, false},
		{"hidden by an officer", open, File{Sort: Paper, ForAll: true, HiddenOn: day("2026-01-02")}, false, false},
		{"consent withdrawn", open, File{Sort: Picture, ForAll: true, People: files.Nobody, WithdrawnOn: day("2026-01-02")}, false, false},
		{"of an unfinished import", open, File{Sort: Paper, ForAll: true, Hidden: true}, false, false},
	} {
		if got := c.file.ShownOn(c.project, c.closed); got != c.want {
			t.Errorf("%s: shown %v, want %v", c.name, got, c.want)
		}
	}
}

// When a picture came to a closed event is told by nobody: its day would be the
// day of the event.
func TestEntriesOfClosedPicturesAreNotPublic(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		p := w.agreed(t, func(p *Plan) { p.TargetGroups = []string{"children"} })
		for sort, want := range map[FileSort]bool{Paper: true, Picture: false} {
			n := NewFile{Sort: sort, Title: words, People: files.Nobody, ForAll: true}
			c, err := w.CheckFile(ctx, w.lead, p.ID, n, "a.png", drawn(t))
			must(t, err)
			added, err := w.AddFiles(ctx, w.lead, p.ID, n, []*files.Checked{c})
			must(t, err)
			if added[0].Public() != want {
				t.Errorf("a %s of a sheltered project: its entry is public: %v", sort, added[0].Public())
			}
		}
		st := w.story(t, access.Actor{}, p.ID)
		if len(st.Files) != 1 || st.Files[0].Sort != Paper {
			t.Errorf("strangers know of %d files", len(st.Files))
		}
		for _, e := range st.Past {
			if e.Act == "projects.file.add" && e.Thing != st.Files[0].ID {
				t.Error("the timeline tells when the picture came")
			}
		}
		open := p.Plan
		open.Openly = true
		_, err := w.AskAmendment(ctx, w.officer, p.ID, 0, open, words, "2")
		must(t, err)
		if st := w.story(t, access.Actor{}, p.ID); len(st.Files) != 2 {
			t.Errorf("of a project that was opened strangers know %d files", len(st.Files))
		}
	})
}

func drawn(t *testing.T) io.Reader {
	t.Helper()
	var b bytes.Buffer
	must(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 16, 16))))
	return &b
}

func TestConsentIsRecordedAndWithdrawn(t *testing.T) {
	today := day("2026-03-01")
	f := File{Sort: Picture, People: files.Children, Title: words, Name: "picture.jpg"}
	for _, c := range []struct {
		consent files.Consent
		field   string
		want    string
	}{
		{files.Consent{}, "consent_on", "form.required"},
		{files.Consent{On: day("2026-03-02"), Keeper: "office"}, "consent_on", "files.consent.in_future"},
		{files.Consent{On: day("2026-02-01")}, "keeper", "files.consent.keeper_and_day"},
	} {
		if got := faultOf(f.GiveConsent(c.consent, today), c.field); got != c.want {
			t.Errorf("%+v: %q, want %q", c.consent, got, c.want)
		}
	}
	must(t, f.GiveConsent(files.Consent{On: day("2026-02-01"), Keeper: "office", Parent: true}, today))
	if !f.Public() {
		t.Fatal("with a parent's consent the picture is not shown")
	}
	must(t, f.Withdraw(today))
	if f.Public() || !f.Title.IsZero() || f.Name != "" || !f.Consent.IsZero() {
		t.Errorf("left after the withdrawal: %+v", f)
	}
	if err := f.Withdraw(today); !problem.Is(err, problem.Conflict) {
		t.Errorf("withdrawn twice: %v", err)
	}
}

// Children and teenagers may take part openly when the plan says so; other
// people at risk never.
func TestWhichPlansMayBeOpen(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p := w.agreed(t, func(p *Plan) { p.TargetGroups = []string{"children"} })
		if !p.Sheltered() || p.PlaceID != w.district {
			t.Errorf("a plan for children is not closed by default: %+v", p.Plan)
		}
		p = w.agreed(t, func(p *Plan) { p.TargetGroups, p.Openly = []string{"children", "teenagers"}, true })
		if p.Sheltered() || !p.AtRisk || p.PlaceID != w.village {
			t.Errorf("a school club is closed: %+v", p.Plan)
		}
		bad := w.newPlan()
		bad.TargetGroups, bad.Openly = []string{"children", "violence"}, true
		_, err := w.Create(t.Context(), w.lead, NewProject{OrgID: w.org, FunderID: w.funder, Plan: bad})
		if got := faultOf(err, "openly"); got != "projects.must_be_sheltered" {
			t.Errorf("a shelter held openly: %v", err)
		}
		p = w.agreed(t, func(p *Plan) { p.Openly = true })
		if p.Openly {
			t.Error("a plan without people at risk is marked as held openly")
		}
	})
}
