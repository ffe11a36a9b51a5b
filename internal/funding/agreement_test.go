package funding

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"birge/internal/obligations"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/problem"
	"birge/internal/projects"

	"github.com/smallstep/pkcs7"
)

func TestFirstTextOfAnAgreement(t *testing.T) {
	for name, c := range map[string]struct {
		starts, ends string
		granted      int64
		years        []int64
		tranches     []int64
		reports      int
	}{
		"within a year":         {"2026-06-01", "2026-11-30", 3_000_000_00, []int64{3_000_000_00}, []int64{1_200_000_00, 900_000_00, 900_000_00}, 3},
		"a short one":           {"2026-06-01", "2026-08-31", 3_000_000_00, []int64{3_000_000_00}, []int64{1_200_000_00, 1_800_000_00}, 1},
		"over two years":        {"2026-07-01", "2027-06-30", 3_000_000_00, []int64{1_500_000_00, 1_500_000_00}, []int64{1_200_000_00, 600_000_00, 600_000_00, 600_000_00}, 4},
		"less than asked":       {"2026-06-01", "2026-08-31", 1_000_001_00, []int64{1_000_001_00}, []int64{400_000_00, 600_001_00}, 1},
		"what parts not evenly": {"2026-07-01", "2027-06-30", 1_000_000_01, []int64{499_999_98 / 100 * 100, 0}, nil, 4},
	} {
		t.Run(name, func(t *testing.T) {
			p := Proposal{Starts: date(t, c.starts), Ends: date(t, c.ends), Asked: 3_000_000_00}
			got := firstText(p, projects.StateGrant, c.granted, 40, 10)
			var years, tranches int64
			for i, y := range got.Plan.Years {
				years += y.Sum
				if c.tranches != nil && y.Sum != c.years[i] {
					t.Errorf("year %d has %d, want %d", y.Year, y.Sum, c.years[i])
				}
			}
			for i, x := range got.Plan.Tranches {
				tranches += x.Sum
				if c.tranches != nil && x.Sum != c.tranches[i] {
					t.Errorf("tranche %d is %d, want %d", i, x.Sum, c.tranches[i])
				}
				if i > 0 && (x.After < 1 || x.After > c.reports) {
					t.Errorf("tranche %d waits for report %d of %d", i, x.After, c.reports)
				}
			}
			if years != c.granted || tranches != c.granted || got.reports() != c.reports {
				t.Errorf("years give %d, tranches %d, of %d; %d reports", years, tranches, c.granted, got.reports())
			}
		})
	}
}

func date(t testing.TB, s string) db.Date {
	t.Helper()
	d, err := db.ParseDate(s)
	fine(t, err)
	return d
}

func TestWhatATextMustSay(t *testing.T) {
	good := func() AgreementText {
		p := Proposal{Title: both, PlaceID: 1, Sphere: "youth", Starts: date(t, "2026-06-01"), Ends: date(t, "2026-11-30"), Asked: 3_000_000_00,
			Lines:      []BudgetLine{{ID: 1, Name: both, Quantity: 1000, Price: 3_000_000_00, Sum: 3_000_000_00}},
			Indicators: []projects.Indicator{{ID: 1, Name: both, Measure: projects.Number, Adding: projects.PerPeriod, Target: projects.Value{Known: true, A: 60_000}}}}
		text := firstText(p, projects.StateGrant, 3_000_000_00, 40, 10)
		text.Sanctions = both
		return text
	}
	if bad := good().check(3_000_000_00); len(bad) > 0 {
		t.Fatalf("a good text is refused: %v", bad)
	}
	for name, c := range map[string]struct {
		spoil      func(*AgreementText)
		field, key string
	}{
		"more than was granted":         {func(x *AgreementText) { x.Plan.Sum += 100 }, "sum", "funding.more_than_granted"},
		"tranches that add up to less":  {func(x *AgreementText) { x.Plan.Tranches[1].Sum -= 100 }, "tranches", "funding.tranches_differ"},
		"a tranche without a condition": {func(x *AgreementText) { x.Plan.Tranches[1].After = 0 }, "tranches.1.after", "funding.tranche_without_condition"},
		"a report that is not asked":    {func(x *AgreementText) { x.Plan.Tranches[1].After = 4 }, "tranches.1.after", "projects.no_such_report"},
		"no indicators":                 {func(x *AgreementText) { x.Plan.Indicators = nil }, "indicators", "funding.none_named"},
		"no sanctions":                  {func(x *AgreementText) { x.Sanctions = AgreementText{}.Sanctions }, "sanctions", "form.required"},
		"no reports":                    {func(x *AgreementText) { x.Rhythm = projects.NoReports }, "rhythm", "form.required"},
		"a line below zero":             {func(x *AgreementText) { x.Plan.Lines[0].Sum = -1 }, "lines.0.sum", "form.negative"},
		"lines that add up to more":     {func(x *AgreementText) { x.Plan.Lines[0].Sum++ }, "lines", "projects.lines_differ_from_sum"},
	} {
		text := good()
		c.spoil(&text)
		if got := text.check(3_000_000_00)[c.field].Key; got != c.key {
			t.Errorf("%s: %q, want %q", name, got, c.key)
		}
	}
}

// won is an agreement that was drafted for an application that won all it asked for.
func (w *office) won(t testing.TB) Agreement {
	t.Helper()
	ctx := t.Context()
	x := w.submitted(t)
	x, err := w.Admit(ctx, w.officer, x.ID, x.Version, w.items(true))
	fine(t, err)
	var a Agreement
	fine(t, w.d.Update(ctx, func(tx *db.Tx) error {
		_, err := w.changeApplicationIn(ctx, tx, w.officer, "funding.application.win", x.ID, 0, func(_ *db.Tx, x *Application, _ Call) (access.Actor, error) {
			x.State = Funded
			return w.officer, nil
		})
		if err != nil {
			return err
		}
		if err := w.draftAgreements(ctx, tx, w.officer, w.call, []grantedTo{{x, x.Proposal.Asked}}); err != nil {
			return err
		}
		a, _, err = agreementOf(ctx, tx, x.ID)
		return err
	}))
	return a
}

// settled is an agreement to whose text both have agreed.
func (w *office) settledOne(t testing.TB) Agreement {
	t.Helper()
	ctx := t.Context()
	a := w.won(t)
	text := a.Text
	text.Sanctions = both
	a, err := w.ChangeAgreement(ctx, w.staff, a.ID, a.Version, text, both)
	fine(t, err)
	for _, who := range []access.Actor{w.lead, w.officer} {
		a, err = w.AgreeTo(ctx, who, a.ID, a.Revision)
		fine(t, err)
	}
	return a
}

func TestBothSidesAgreeToOneText(t *testing.T) {
	eachOffice(t, func(t *testing.T, w *office) {
		ctx := t.Context()
		a := w.won(t)
		_, err := w.AgreementStory(ctx, w.rivalLead, a.ID)
		refused(t, err, problem.NotFound, "a rival who looks at the text")
		_, err = w.AgreeTo(ctx, w.officer, a.ID, a.Revision)
		refused(t, err, problem.Conflict, "consent to a text without sanctions")
		text := a.Text
		text.Sanctions = both
		_, err = w.ChangeAgreement(ctx, w.lead, a.ID, a.Version, text, AgreementText{}.Special)
		refused(t, err, problem.Invalid, "a change without a reason")
		a, err = w.ChangeAgreement(ctx, w.staff, a.ID, a.Version, text, both)
		fine(t, err)
		_, err = w.ChangeAgreement(ctx, w.lead, a.ID, a.Version-1, text, both)
		refused(t, err, problem.Conflict, "a stale form")
		_, err = w.AgreeTo(ctx, w.staff, a.ID, a.Revision)
		refused(t, err, problem.Forbidden, "consent of staff")
		_, err = w.AgreeTo(ctx, w.us, a.ID, a.Revision)
		refused(t, err, problem.Forbidden, "consent for the funder by one who works for the applicant")
		a, err = w.AgreeTo(ctx, w.officer, a.ID, a.Revision)
		fine(t, err)
		a, err = w.ChangeAgreement(ctx, w.staff, a.ID, a.Version, text, both)
		fine(t, err)
		if !a.AwaitsConsent(FunderSide) || a.Revision != 3 {
			t.Errorf("the funder's consent outlives the text: %+v", a)
		}
		_, err = w.AgreeTo(ctx, w.officer, a.ID, 2)
		refused(t, err, problem.Conflict, "consent to a text that was changed meanwhile")
		a, err = w.AgreeTo(ctx, w.officer, a.ID, 3)
		fine(t, err)
		a, err = w.AgreeTo(ctx, w.lead, a.ID, 3)
		fine(t, err)
		if a.State() != Settled || a.DocumentID == 0 || a.SignBy != w.Norms.Book().Due("agreement.sign", w.Today(), a.NormsOn) {
			t.Errorf("settled: %+v", a)
		}
		_, err = w.ChangeAgreement(ctx, w.lead, a.ID, 0, text, both)
		refused(t, err, problem.Conflict, "a change of a settled text")
		for _, who := range []access.Actor{w.lead, w.officer} {
			waiting, err := w.Waiting(ctx, who)
			fine(t, err)
			if len(waiting) != 1 || waiting[0].Act != "funding.agreement.sign" {
				t.Errorf("what waits for a side: %+v", waiting)
			}
		}
		if w.debt(t, SignOwed).Due != a.SignBy {
			t.Error("nobody owes a signature")
		}
		st, err := w.AgreementStory(ctx, w.lead, a.ID)
		fine(t, err)
		if len(st.Versions) != 3 || st.Versions[1].Side != ApplicantSide {
			t.Errorf("the way to the text: %+v", st.Versions)
		}
		a, err = w.ReopenAgreement(ctx, w.officer, a.ID, a.Version)
		fine(t, err)
		if a.State() != Drafting || w.debt(t, SignOwed).State(w.Today()) != obligations.StateReleased {
			t.Errorf("reopened: %+v", a)
		}
	})
}

// file signs a document with a key whose certificate names a BIN.
func file(t testing.TB, document []byte, bin string) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	fine(t, err)
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(7), NotBefore: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
		Subject: pkix.Name{CommonName: "ҮЛГІ", OrganizationalUnit: []string{"BIN" + bin}}}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	fine(t, err)
	cert, err := x509.ParseCertificate(der)
	fine(t, err)
	data, err := pkcs7.NewSignedData(document)
	fine(t, err)
	data.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSHA256)
	fine(t, data.SignWithoutAttr(cert, key, pkcs7.SignerInfoConfig{}))
	data.Detach()
	signed, err := data.Finish()
	fine(t, err)
	return signed
}

func TestTheSecondSignatureBeginsTheProject(t *testing.T) {
	eachOffice(t, func(t *testing.T, w *office) {
		ctx := t.Context()
		a := w.settledOne(t)
		document := []byte("%PDF-1.7\n" + a.Number + "\n%%EOF\n")
		_, err := w.SignByFile(ctx, w.lead, a.ID, file(t, []byte("another"), "150140000012"))
		refused(t, err, problem.Invalid, "a signature over another document")
		_, err = w.SignByFile(ctx, w.lead, a.ID, file(t, document, "230940123450"))
		refused(t, err, problem.Invalid, "a signature with the certificate of another organization")
		_, err = w.SignByFile(ctx, w.lead, a.ID, []byte("no signature"))
		refused(t, err, problem.Invalid, "a broken signature file")
		a, err = w.SignByFile(ctx, w.lead, a.ID, file(t, document, "150140000012"))
		fine(t, err)
		if a.State() != Settled || a.ProjectID != 0 {
			t.Errorf("one signature begins the project: %+v", a)
		}
		_, err = w.SignByFile(ctx, w.lead, a.ID, file(t, document, "150140000012"))
		refused(t, err, problem.Conflict, "a second signature of one side")
		_, err = w.ReopenAgreement(ctx, w.officer, a.ID, 0)
		refused(t, err, problem.Conflict, "a change of what somebody has signed")
		copied, err := w.CheckCopy(ctx, w.officer, a.ID, "scan.pdf", strings.NewReader("%PDF-1.7\nscan\n%%EOF\n"))
		fine(t, err)
		a, err = w.SignByCopy(ctx, w.officer, a.ID, copied)
		fine(t, err)
		st, err := w.AgreementStory(ctx, access.Actor{}, a.ID)
		fine(t, err)
		if a.State() != Signed || st.Project.ID == 0 || len(st.Versions) != 0 || st.Signatures[0].Seal.Holder != "" {
			t.Errorf("signed, as strangers see it: %+v", st)
		}
		told, err := w.Projects.Story(ctx, access.Actor{}, a.ProjectID)
		fine(t, err)
		p := told.Project
		if p.Number != a.Number || p.Sum != a.Text.Plan.Sum || len(p.Schedule) != 3 || len(p.Before) != 2 || len(told.Owed) != 4 {
			t.Errorf("the project: %+v; %d owed", p, len(told.Owed))
		}
		_, err = w.VoidAgreement(ctx, w.officer, a.ID, 0, both)
		refused(t, err, problem.Conflict, "a signed agreement declared void")

		// An amendment takes no more money than the decision gave, whoever asks for it.
		w.Projects.MayCost = w.MayCost
		plan := p.Plan
		plan.Sum, plan.Years = a.Granted+tenge, []projects.YearPlan{{Year: plan.Starts.Year(), Sum: a.Granted + tenge}}
		plan.Lines, plan.Tranches = slices.Clone(plan.Lines), slices.Clone(plan.Tranches)
		plan.Lines[0].Sum += tenge
		plan.Tranches[len(plan.Tranches)-1].Sum += tenge
		for what, by := range map[string]access.Actor{"the funder's side": w.officer, "the applicant": w.lead} {
			_, err = w.Projects.AskAmendment(ctx, by, p.ID, 0, plan, both, "")
			if faultAt(err, "sum") != "funding.more_than_granted" {
				t.Errorf("more money by an amendment of %s: %v", what, err)
			}
		}
	})
}

func TestBothSignAtOnce(t *testing.T) {
	eachOffice(t, func(t *testing.T, w *office) {
		a := w.settledOne(t)
		document := []byte("%PDF-1.7\n" + a.Number + "\n%%EOF\n")
		files := map[*access.Actor][]byte{&w.lead: file(t, document, "150140000012"), &w.officer: file(t, document, "230940123450")}
		var all sync.WaitGroup
		for who, signed := range files {
			for range 2 {
				all.Go(func() {
					if _, err := w.SignByFile(context.Background(), *who, a.ID, signed); err != nil && !problem.Is(err, problem.Conflict) {
						t.Error(err)
					}
				})
			}
		}
		all.Wait()
		fine(t, w.d.View(t.Context(), func(tx *db.Tx) error {
			begun, err := db.One(t.Context(), tx, db.Value[int], `SELECT count(*) FROM projects`)
			if err != nil {
				return err
			}
			list, err := signaturesOf(t.Context(), tx, a.ID)
			if begun != 1 || len(list) != 2 {
				t.Errorf("%d projects began with %d signatures", begun, len(list))
			}
			return err
		}))
	})
}

func TestAnAgreementThatComesToNothing(t *testing.T) {
	eachOffice(t, func(t *testing.T, w *office) {
		ctx := t.Context()
		a := w.settledOne(t)
		_, err := w.VoidAgreement(ctx, w.lead, a.ID, 0, AgreementText{}.Special)
		refused(t, err, problem.Invalid, "no reason")
		a, err = w.VoidAgreement(ctx, w.lead, a.ID, 0, both)
		fine(t, err)
		var x Application
		fine(t, w.d.View(ctx, func(tx *db.Tx) (err error) {
			x, err = w.ApplicationIn(ctx, tx, a.ApplicationID)
			return err
		}))
		if a.State() != Void || x.State != Withdrawn || w.debt(t, SignOwed).State(w.Today()) != obligations.StateReleased {
			t.Errorf("void: %+v, application %s", a, x.State)
		}
	})
}

func TestWhatTheVerifierSays(t *testing.T) {
	for _, c := range []struct {
		valid        bool
		holds, wrong bool
	}{{true, true, false}, {false, false, true}} {
		g := Signature{Side: FunderSide, Asked: true}
		if g.Holds() {
			t.Error("a signature that waits for the verifier holds")
		}
		fine(t, g.answered(c.valid, "verifier"))
		if g.Holds() != c.holds || g.Wrong != c.wrong {
			t.Errorf("answered %v: %+v", c.valid, g)
		}
		refused(t, g.answered(c.valid, "verifier"), problem.Conflict, "a second answer")
	}
}
