package funding

import (
	"sync"
	"testing"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/forms"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
)

const asks = "# about\nru: О проекте\n\ngoal: paragraph, required, 50 words\nru: Цель\n"

func (w *bureau) form(text string) Form {
	w.t.Helper()
	f, err := w.CreateForm(w.t.Context(), w.officer, NewForm{OwnerID: w.body, Title: both, Text: text})
	w.must(err)
	return f
}

func (w *bureau) write(f Form, version int64, text string) FormDraft {
	w.t.Helper()
	d, err := w.EditFormDraft(w.t.Context(), w.officer, f.ID, version, func(forms.Form) (forms.Form, error) { return forms.Parse(text) })
	w.must(err)
	return d
}

func TestFormLivesInVersions(t *testing.T) {
	inBureau(t, func(t *testing.T, w *bureau) {
		ctx := t.Context()
		f := w.form(asks)
		if _, err := w.FormStory(ctx, w.stranger, f.ID); !problem.Is(err, problem.NotFound) {
			t.Errorf("a stranger sees a form without a version: %v", err)
		}
		v, err := w.PublishForm(ctx, w.officer, f.ID, 1, i18n.Text{})
		w.must(err)
		if v.No != 1 || v.Text != asks {
			t.Errorf("the first version is %+v", v)
		}
		if _, err := w.PublishForm(ctx, w.officer, f.ID, 1, both); faultOf(err, "") != "funding.form.unchanged" {
			t.Errorf("the same text became a version: %v", err)
		}
		d := w.write(f, 1, asks+"\nsum: money\nru: Сумма\nif: org.rural\n")
		if _, err := w.PublishForm(ctx, w.officer, f.ID, d.Version, i18n.Text{}); faultOf(err, "reason") != "form.required" {
			t.Errorf("a second version without a reason: %v", err)
		}
		if _, err := w.PublishForm(ctx, w.officer, f.ID, d.Version-1, both); faultOf(err, "") != "problem.changed_meanwhile" {
			t.Errorf("an old draft became a version: %v", err)
		}
		second, err := w.PublishForm(ctx, w.officer, f.ID, d.Version, both)
		w.must(err)
		st, err := w.FormStory(ctx, w.stranger, f.ID)
		w.must(err)
		if len(st.Versions) != 2 || st.MayKeep || st.Draft.Text != "" || st.Form.Newest != 2 || st.Owner.ID != w.body {
			t.Errorf("a stranger reads %+v", st)
		}
		w.must(w.d.View(ctx, func(tx *db.Tx) error {
			old, err := w.FormIn(ctx, tx, f.ID, 1)
			if err != nil || old.String() != asks {
				t.Errorf("the first version became %s, %v", old, err)
			}
			if stored, err := formVersion(ctx, tx, f.ID, 2); err != nil || stored != second {
				t.Errorf("stored is %+v, not %+v (%v)", stored, second, err)
			}
			return nil
		}))
	})
}

func TestFormIsNotTakenFaulty(t *testing.T) {
	inBureau(t, func(t *testing.T, w *bureau) {
		ctx := t.Context()
		for text, want := range map[string]string{
			"": "funding.form.empty", "# about\nru: x\n": "funding.form.empty",
			asks + "\nsum: money\nru: Сумма\nif: org.wealth > 1\n": "funding.form.faulty",
			asks + "\nkind: choice\nru: Вид\n":                     "funding.form.faulty",
		} {
			if _, err := w.PublishForm(ctx, w.officer, w.form(text).ID, 1, both); faultOf(err, "") != want {
				t.Errorf("%q: %v, want %s", text, err, want)
			}
		}
		if _, err := w.CreateForm(ctx, w.officer, NewForm{OwnerID: w.body, Title: both, Text: "nonsense"}); len(forms.LineFaults(err)) != 1 {
			t.Errorf("nonsense: %v", err)
		}
		if _, err := w.CreateForm(ctx, w.officer, NewForm{OwnerID: w.body, Title: i18n.Only(i18n.EN, "x")}); faultOf(err, "title.kk") != "form.required" {
			t.Errorf("a title in English alone: %v", err)
		}
	})
}

func TestWhoBuildsForms(t *testing.T) {
	inBureau(t, func(t *testing.T, w *bureau) {
		ctx := t.Context()
		f := w.form(asks)
		for name, by := range map[string]access.Actor{"stranger": w.stranger, "another funder": w.funder, "nobody": {}} {
			if _, err := w.CreateForm(ctx, by, NewForm{OwnerID: w.body, Title: both}); !problem.Is(err, problem.Forbidden) {
				t.Errorf("%s begins a form: %v", name, err)
			}
			if _, err := w.EditFormDraft(ctx, by, f.ID, 1, func(x forms.Form) (forms.Form, error) { return x, nil }); !problem.Is(err, problem.NotFound) {
				t.Errorf("%s edits a hidden form: %v", name, err)
			}
			if _, err := w.PublishForm(ctx, by, f.ID, 1, both); !problem.Is(err, problem.NotFound) {
				t.Errorf("%s publishes a hidden form: %v", name, err)
			}
		}
		if _, err := w.CreateForm(ctx, w.officer, NewForm{OwnerID: w.foundation, Title: both}); !problem.Is(err, problem.Forbidden) {
			t.Errorf("an officer builds for a business: %v", err)
		}
		if _, err := w.CreateForm(ctx, w.funder, NewForm{OwnerID: w.foundation, Title: both, From: f.ID}); !problem.Is(err, problem.NotFound) {
			t.Errorf("a hidden form is copied: %v", err)
		}
		_, err := w.PublishForm(ctx, w.officer, f.ID, 1, both)
		w.must(err)
		own, err := w.CreateForm(ctx, w.funder, NewForm{OwnerID: w.foundation, Title: both, From: f.ID})
		w.must(err)
		st, err := w.FormStory(ctx, w.funder, own.ID)
		w.must(err)
		if st.Draft.Text != asks || !st.MayKeep {
			t.Errorf("a copy is %+v", st.Draft)
		}
		for by, want := range map[*access.Actor]int{&w.officer: 1, &w.funder: 2, &w.stranger: 1} {
			if list, err := w.Forms(ctx, *by); err != nil || len(list) != want {
				t.Errorf("%d forms are listed, want %d (%v)", len(list), want, err)
			}
		}
		if list, err := w.FormOwners(ctx, w.officer); err != nil || len(list) != 1 || list[0].ID != w.body {
			t.Errorf("an officer of the region builds for %v (%v)", list, err)
		}
	})
}

// A call names a version that is there, and goes on asking by it when a newer comes.
func TestCallKeepsItsForm(t *testing.T) {
	inBureau(t, func(t *testing.T, w *bureau) {
		ctx := t.Context()
		f := w.form(asks)
		x := w.terms()
		x.FormID, x.FormVersion = f.ID, 1
		if _, err := w.CreateCall(ctx, w.officer, NewCall{FunderID: w.body, Terms: x}); faultOf(err, "form") != "form.unknown_choice" {
			t.Errorf("a call asks by a version that is not there: %v", err)
		}
		_, err := w.PublishForm(ctx, w.officer, f.ID, 1, both)
		w.must(err)
		c, err := w.CreateCall(ctx, w.officer, NewCall{FunderID: w.body, Terms: x})
		w.must(err)
		_, err = w.PublishCall(ctx, w.officer, c.ID, 0)
		w.must(err)
		d := w.write(f, 1, asks+"\nsum: money\nru: Сумма\n")
		_, err = w.PublishForm(ctx, w.officer, f.ID, d.Version, both)
		w.must(err)
		w.must(w.d.View(ctx, func(tx *db.Tx) error {
			now, err := w.CallIn(ctx, tx, c.ID)
			w.must(err)
			asked, err := w.FormIn(ctx, tx, now.FormID, now.FormVersion)
			if err != nil || asked.String() != asks {
				t.Errorf("the call asks %s, %v", asked, err)
			}
			return nil
		}))
		if st, err := w.FormStory(ctx, w.stranger, f.ID); err != nil || len(st.UsedBy) != 1 || st.UsedBy[0].ID != c.ID {
			t.Errorf("the form is used by %v (%v)", st.UsedBy, err)
		}
	})
}

// Two people publish the same draft at once: there is one new version.
func TestTwoPublishOneForm(t *testing.T) {
	inBureau(t, func(t *testing.T, w *bureau) {
		f := w.form(asks)
		var wait sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			wait.Go(func() { _, errs[i] = w.PublishForm(t.Context(), w.officer, f.ID, 1, both) })
		}
		wait.Wait()
		made := 0
		for _, err := range errs {
			if err == nil {
				made++
			} else if !problem.Is(err, problem.Conflict) {
				t.Error(err)
			}
		}
		st, err := w.FormStory(t.Context(), w.officer, f.ID)
		if made != 1 || err != nil || len(st.Versions) != 1 || st.Form.Newest != 1 {
			t.Errorf("%d publications, %d versions (%v)", made, len(st.Versions), err)
		}
	})
}
