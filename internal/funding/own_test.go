package funding

import (
	"strings"
	"testing"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/forms"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
	"birge/internal/projects"
)

const questions = "# about\nru: О проекте\n\ngoal: paragraph, required, 5 words\nru: Цель\n\nhow: text, required\nru: Сколько лет\nif: goal == \"много\"\n"

const deed = "\ndeed: file\nru: Право на помещение\n"

// A form that changes while an application is open is told, and waits until the
// people of the applicant take it.
func TestFormChangesWhileWritten(t *testing.T) {
	eachOffice(t, func(t *testing.T, w *office) {
		ctx := t.Context()
		funder := person(9, access.Lead, w.funder)
		form, err := w.CreateForm(ctx, funder, NewForm{OwnerID: w.funder, Title: both, Text: questions + deed})
		fine(t, err)
		_, err = w.PublishForm(ctx, funder, form.ID, 1, i18n.Text{})
		fine(t, err)
		terms := w.call.Terms
		terms.Kind, terms.Length, terms.FormID, terms.FormVersion = projects.Foundation, "", form.ID, 1
		terms.Rounds = []Round{{No: 1, Opens: db.At(w.moment("2026-03-10 12:00")), Closes: db.At(w.moment("2026-04-20 18:00")), Sum: 40_000_000_00, Year: 2026}}
		terms.Eligibility = []Requirement{{Code: "large", Text: both, Rule: "proposal.beneficiaries >= 60"}, {Code: "people", Text: both}}
		c, err := w.CreateCall(ctx, funder, NewCall{FunderID: w.funder, Terms: terms})
		fine(t, err)
		w.call, err = w.PublishCall(ctx, funder, c.ID, c.Version)
		fine(t, err)
		d := w.begun(t, w.lead, w.ngo)
		faults := func() problem.Fields {
			t.Helper()
			_, _, bad, err := w.Judge(ctx, w.lead, d.ID)
			fine(t, err)
			return bad
		}
		write := func(name, was, text string) {
			t.Helper()
			saved, err := w.Write(ctx, w.lead, d.ID, []Edit{{name, []string{text}, Mark([]string{was})}})
			fine(t, err)
			if len(saved.Faults)+len(saved.Clashes) > 0 {
				t.Fatalf("%s is not kept: %+v", name, saved)
			}
		}
		if bad := faults(); bad["a.goal"].Key != "form.required" || bad["a.how"].Key != "" || len(bad) != 1 {
			t.Errorf("the unanswered form gives %v", bad)
		}
		paper := firstQuestion + 2 // the third question
		checked, err := w.CheckDraftPaper(ctx, w.lead, d.ID, paper, "deed.txt", strings.NewReader("Право на помещение"))
		fine(t, err)
		fine(t, w.AddDraftPaper(ctx, w.lead, d.ID, paper, checked))
		write("a.goal", "", "много")
		if bad := faults(); bad["a.how"].Key != "form.required" {
			t.Errorf("the question that is now asked gives %v", bad)
		}
		write("a.goal", "много", "одно два")
		write("a.how", "", "не спрошено")
		write("beneficiaries", "60", "59")
		if bad := faults(); bad[RequirementField("large")].Key != "funding.requirement_fails" || len(bad) != 1 {
			t.Errorf("a requirement that fails gives %v", bad)
		}
		write("beneficiaries", "59", "60")

		draft, err := w.EditFormDraft(ctx, funder, form.ID, 1, func(forms.Form) (forms.Form, error) {
			return forms.Parse(questions + "\nyears: number, required\nru: Лет\n\nmap: file\nru: Карта\n" + deed)
		})
		fine(t, err)
		_, err = w.PublishForm(ctx, funder, form.ID, draft.Version, both)
		fine(t, err)
		terms = w.call.Terms
		terms.FormVersion = 2
		terms.Rounds = []Round{terms.Rounds[0]}
		terms.Rounds[0].Closes = db.At(w.moment("2026-04-25 18:00"))
		w.call, err = w.ReviseCall(ctx, funder, w.call.ID, w.call.Version, Change{Terms: terms, Reason: both})
		fine(t, err)
		x, err := w.Writing(ctx, w.lead, d.ID)
		fine(t, err)
		if len(x.Own.Answers["deed"].Files) != 1 {
			t.Errorf("the file of the former form is %v", x.Own.Answers)
		}
		if !x.NewerForm() || x.Draft.FormVersion != 1 {
			t.Error("the draft is not told of the newer form, or took it by itself")
		}
		if bad := faults(); len(bad) != 0 {
			t.Errorf("the former form gives %v", bad)
		}
		fine(t, w.TakeForm(ctx, w.staff, d.ID))
		if bad := faults(); bad["a.years"].Key != "form.required" {
			t.Errorf("the newer form gives %v", bad)
		}
		x, err = w.Writing(ctx, w.lead, d.ID)
		fine(t, err)
		if files := x.Own.Answers["deed"].Files; len(files) != 1 || files[0].Name != "deed.txt" || len(x.Own.Answers["map"].Files) != 0 {
			t.Errorf("with the newer form the files are %v", x.Own.Answers)
		}
		write("a.years", "", "3")
		a, err := w.Submit(ctx, w.lead, d.ID)
		fine(t, err)
		if a.FormVersion != 2 || a.Answers.Get("a.goal") != "одно два" || a.Answers.Has("a.how") || a.Answers.Get("a.years") != "3" {
			t.Errorf("it was handed in with form %d and %v", a.FormVersion, a.Answers)
		}
		refused(t, w.TakeForm(ctx, w.lead, d.ID), problem.Conflict, "another form after the submission")
	})
}
