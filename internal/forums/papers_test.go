package forums

import (
	"bytes"
	"image"
	"image/png"
	"testing"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/files"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
)

// withFiles gives the room a store of files.
func (w *region) withFiles() {
	w.t.Helper()
	store, err := files.OpenLocal(w.t.TempDir())
	w.must(err)
	w.t.Cleanup(func() { w.must(store.Close()) })
	w.Files = files.New(w.d, store)
}

func (w *region) picture(f Forum, people files.People, c files.Consent) (Paper, error) {
	w.t.Helper()
	var b bytes.Buffer
	w.must(png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30))))
	checked, err := w.CheckPaper(w.t.Context(), w.lead, f.ID, Picture, "Асан Үсенов.png", &b)
	w.must(err)
	list, err := w.AddPapers(w.t.Context(), w.lead, f.ID, NewPaper{Sort: Picture, Title: i18n.Only(i18n.KK, "Зал"), People: people, Consent: c}, []*files.Checked{checked})
	if err != nil {
		return Paper{}, err
	}
	return list[0], nil
}

// shown tells whether strangers find a paper, and whether they get its bytes.
func (w *region) shown(f Forum, x Paper) (listed, served bool) {
	w.t.Helper()
	st, err := w.Story(w.t.Context(), access.Actor{}, f.ID)
	w.must(err)
	for _, y := range st.Papers {
		listed = listed || y.ID == x.ID
	}
	_, body, err := w.Files.OpenPublic(w.t.Context(), x.FileID, files.Thumb)
	if err == nil {
		w.must(body.Close())
	}
	return listed, err == nil
}

// A picture with people in it is public with the consent that the law asks for, and
// is gone with its words and bytes once the consent is.
func TestPicturesNeedConsent(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		w.withFiles()
		ctx, f := t.Context(), w.announced()
		today := w.Today()
		paper := files.Consent{On: today, Keeper: "Үгіт бөлімі"}
		if _, err := w.CheckPaper(ctx, w.stranger, f.ID, Picture, "x.png", bytes.NewReader(nil)); !problem.Is(err, problem.Forbidden) {
			t.Errorf("a stranger hands in: %v", err)
		}
		_, err := w.picture(f, "", files.Consent{})
		w.refused(err, problem.Invalid)
		for _, c := range []struct {
			people files.People
			consent,
			later files.Consent
			before, after bool
		}{
			{files.Nobody, files.Consent{}, files.Consent{}, true, true},
			{files.Adults, files.Consent{}, paper, false, true},
			{files.Children, paper, paper, false, false},
			{files.Children, files.Consent{}, files.Consent{On: today, Keeper: "Мектеп", Parent: true}, false, true},
		} {
			x, err := w.picture(f, c.people, c.consent)
			w.must(err)
			if x.Name != "picture.png" {
				t.Errorf("a picture is kept under %q", x.Name)
			}
			if listed, served := w.shown(f, x); listed != c.before || served != c.before {
				t.Errorf("%s without consent: listed %v, served %v", c.people, listed, served)
			}
			if c.people == files.Nobody {
				w.refused(w.ConsentPaper(ctx, w.lead, x.ID, paper), problem.Conflict)
				continue
			}
			w.must(w.ConsentPaper(ctx, w.lead, x.ID, c.later))
			if listed, served := w.shown(f, x); listed != c.after || served != c.after {
				t.Errorf("%s with consent %+v: listed %v, served %v", c.people, c.later, listed, served)
			}
			w.must(w.WithdrawPaper(ctx, w.lead, x.ID))
			if listed, served := w.shown(f, x); listed || served {
				t.Error("a withdrawn picture is still there")
			}
		}
		w.proven()
	})
}

// What is handed in before a forum is announced is shown when it is.
func TestPapersOfAnIdeaAreHidden(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		w.withFiles()
		f, err := w.Create(t.Context(), w.lead, NewForum{Plan: w.plan()})
		w.must(err)
		x, err := w.picture(f, files.Nobody, files.Consent{})
		w.must(err)
		if _, _, err := w.Files.OpenPublic(t.Context(), x.FileID, files.Thumb); !problem.Is(err, problem.NotFound) {
			t.Errorf("strangers get a picture of an idea: %v", err)
		}
		f, err = w.Announce(t.Context(), w.lead, f.ID)
		w.must(err)
		if listed, served := w.shown(f, x); !listed || !served {
			t.Errorf("after the announcement: listed %v, served %v", listed, served)
		}
		w.must(w.RemovePaper(t.Context(), w.lead, x.ID))
		if listed, served := w.shown(f, x); listed || served {
			t.Error("a removed picture is still there")
		}
		w.proven()
	})
}

// A room is changed by the version that was seen, and goes only while no session is in
// it.
func TestRoomsAndTracksChange(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx, f := t.Context(), w.announced()
		m, err := w.AddRoom(ctx, w.lead, Room{ForumID: f.ID, Name: i18n.Only(i18n.KK, "Зал"), Online: true, Link: "https://a.kz/1"})
		w.must(err)
		k, err := w.AddTrack(ctx, w.lead, f.ID, i18n.Only(i18n.KK, "Ауыл"))
		w.must(err)
		m.Seats = 30
		w.refused(w.EditRoom(ctx, w.stranger, f.ID, 1, m), problem.Forbidden)
		w.must(w.EditRoom(ctx, w.lead, f.ID, 1, m))
		w.refused(w.EditRoom(ctx, w.lead, f.ID, 1, m), problem.Conflict)
		m.Link = "javascript:alert(1)"
		w.refused(w.EditRoom(ctx, w.lead, f.ID, 2, m), problem.Invalid)
		w.must(w.EditTrack(ctx, w.lead, f.ID, k.ID, 1, i18n.Only(i18n.KK, "Ауылдар")))
		w.refused(w.EditTrack(ctx, w.lead, f.ID, k.ID, 1, i18n.Only(i18n.KK, "Қала")), problem.Conflict)
		x, err := w.PlanSession(ctx, w.lead, f.ID, 0, 0, NewSession{SessionPlan: SessionPlan{Kind: Section, Title: i18n.Only(i18n.KK, "Секция"), RoomID: m.ID, TrackID: k.ID}})
		w.must(err)
		w.refused(w.DropRoom(ctx, w.lead, f.ID, m.ID), problem.Conflict)
		w.refused(w.DropTrack(ctx, w.lead, f.ID, k.ID), problem.Conflict)
		w.must(w.DropSession(ctx, w.lead, f.ID, x.ID))
		w.must(w.DropRoom(ctx, w.lead, f.ID, m.ID))
		w.must(w.DropTrack(ctx, w.lead, f.ID, k.ID))
		w.proven()
	})
}

// The link of an online room is for those who are admitted, and of a session with
// places for those who have one.
func TestLinksAreForThoseInTheSession(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx, f := t.Context(), w.announced()
		m, err := w.AddRoom(ctx, w.lead, Room{ForumID: f.ID, Name: i18n.Only(i18n.KK, "Бөлме"), Online: true, Link: "https://a.kz/secret"})
		w.must(err)
		for _, places := range []int64{0, 5} {
			_, err := w.PlanSession(ctx, w.lead, f.ID, 0, 0, NewSession{SessionPlan: SessionPlan{Kind: Section, Title: i18n.Only(i18n.KK, "Секция"), RoomID: m.ID, Places: places}})
			w.must(err)
		}
		_, err = w.ReleaseProgramme(ctx, w.lead, f.ID)
		w.must(err)
		x := Registration{ID: 9, ForumID: f.ID, State: Asked}
		parts := func() (out []OnlinePart) {
			w.must(w.d.View(ctx, func(tx *db.Tx) (err error) { out, err = onlineParts(ctx, tx, x); return err }))
			return out
		}
		if got := parts(); len(got) != 0 {
			t.Errorf("who is not admitted sees %v", got)
		}
		x.State = Admitted
		got := parts()
		if len(got) != 2 || got[0].Link == got[1].Link || got[0].Link+got[1].Link != "https://a.kz/secret" {
			t.Fatalf("who is admitted sees %v", got)
		}
		for _, s := range []Session{{ID: 1}, {ID: 2, SessionPlan: SessionPlan{Places: 3}}} {
			mine := []Choice{{SessionID: s.ID, State: Seated}}
			if !s.isFor(mine) || s.isFor([]Choice{{SessionID: s.ID, State: InLine}}) == s.Bounded() {
				t.Errorf("session %d: the link is for the wrong people", s.ID)
			}
		}
	})
}
