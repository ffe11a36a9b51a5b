package resolutions

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"birge/internal/accounts"
	"birge/internal/forums"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
)

var knock = accounts.Knock{Address: "192.0.2.7"}

// mailbox keeps the letters to people without an account.
func (w *region) mailbox() func() GuestLetter {
	var mu sync.Mutex
	var all []GuestLetter
	w.Post = func(_ context.Context, _ *db.Tx, l GuestLetter) error {
		mu.Lock()
		defer mu.Unlock()
		all = append(all, l)
		return nil
	}
	return func() GuestLetter {
		mu.Lock()
		defer mu.Unlock()
		if len(all) == 0 {
			return GuestLetter{}
		}
		return all[len(all)-1]
	}
}

func from(email string) Guest { return Guest{Email: email, Lang: i18n.RU, Consent: true} }

func (w *region) counted(table string) int64 {
	w.t.Helper()
	var n int64
	w.must(w.d.View(w.t.Context(), func(tx *db.Tx) (err error) {
		n, err = db.One(w.t.Context(), tx, db.Value[int64], `SELECT count(*) FROM `+table)
		return err
	}))
	return n
}

func TestAProposalByMail(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx, last := t.Context(), w.mailbox()
		d := w.open()
		a := GuestAct{New: NewProposal{DocumentID: d.ID, Text: i18n.Only(i18n.KK, "ауылға кітапхана ашу")}}
		for name, g := range map[string]Guest{"nobody": {Consent: true}, "without consent": {Email: "a@mail.kz"}, "no address": from("mail")} {
			if _, err := w.Speak(ctx, knock, g, a); !problem.Is(err, problem.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		empty, forOrg := a, a
		empty.New.Text, forOrg.New.ByOrg = i18n.Text{}, w.ngo
		_, err := w.Speak(ctx, knock, from("a@mail.kz"), empty)
		w.refused(problem.Invalid, err)
		_, err = w.Speak(ctx, knock, from("a@mail.kz"), forOrg)
		w.refused(problem.Forbidden, err)
		p, err := w.Speak(ctx, knock, from("A@mail.kz"), a)
		w.must(err)
		asked := last()
		if p.ID != 0 || asked.News != NewsConfirm || asked.Token == "" || asked.Text != a.New.Text || w.counted("resolution_proposals") != 0 || w.counted("resolution_guests") != 0 {
			t.Fatalf("before the link is used: %+v, %+v", p, asked)
		}
		for range 2 { // reading changes nothing
			got, err := w.AskedByMail(ctx, asked.Token)
			w.must(err)
			if got.Text != a.New.Text || got.Email != "A@mail.kz" || got.Support || got.Document.ID != d.ID {
				t.Errorf("the link shows %+v", got)
			}
		}
		made, _, err := w.ConfirmByMail(ctx, asked.Token)
		w.must(err)
		if made.Text != a.New.Text || made.ByPerson != 0 || made.ByGuest == 0 || last().News != NewsProposed || last().Path != made.Ref().Path {
			t.Errorf("made: %+v, told: %+v", made, last())
		}
		_, _, err = w.ConfirmByMail(ctx, asked.Token)
		w.refused(problem.NotFound, err)
		if w.counted("resolution_proposals") != 1 {
			t.Error("a link that was used twice proposes twice")
		}
		w.takenBack(d, made, last().Token)
		w.verify()
	})
}

// takenBack has who made a proposal by mail see, take back and erase it by the link.
func (w *region) takenBack(d Document, made Proposal, mine string) {
	w.t.Helper()
	ctx, last := w.t.Context(), w.mailbox()
	other := w.propose(w.lead, d, w.ngo, "открыть центр")
	_, err := w.Speak(ctx, knock, from("a@MAIL.kz"), GuestAct{Support: other.ID, New: NewProposal{DocumentID: d.ID}})
	w.must(err)
	_, support, err := w.ConfirmByMail(ctx, last().Token)
	w.must(err)
	w.supported(other.ID, 1)
	_, err = w.SaidByGuest(ctx, mine)
	w.refused(problem.NotFound, err) // a newer letter has another link
	y, err := w.SaidByGuest(ctx, last().Token)
	w.must(err)
	if !support || y.Email != "A@mail.kz" || len(y.Proposals) != 1 || y.Proposals[0].ID != made.ID || len(y.Supported) != 1 {
		w.t.Errorf("what was said: %+v", y)
	}
	w.must(w.TakeBackByLink(ctx, last().Token, other.ID))
	w.supported(other.ID, 0)
	w.must(w.TakeBackByLink(ctx, last().Token, made.ID))
	w.refused(problem.Conflict, w.TakeBackByLink(ctx, last().Token, made.ID))
	w.must(w.EraseByLink(ctx, last().Token))
	_, err = w.SaidByGuest(ctx, last().Token)
	w.refused(problem.NotFound, err)
	if w.counted("resolution_guests") != 0 || w.counted("resolution_proposals WHERE by_guest IS NOT NULL") != 0 {
		w.t.Error("something is left of who was erased")
	}
}

// What is too late is refused with the reason, and the link is not used up by it.
func TestALinkThatComesTooLate(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx, last := t.Context(), w.mailbox()
		d := w.open()
		a := GuestAct{New: NewProposal{DocumentID: d.ID, Text: aWord}}
		_, err := w.Speak(ctx, knock, from("a@mail.kz"), a)
		w.must(err)
		old := last().Token
		w.clock.Advance(accounts.ProofLife + time.Minute)
		_, err = w.AskedByMail(ctx, old)
		w.refused(problem.NotFound, err)
		_, _, err = w.ConfirmByMail(ctx, old)
		w.refused(problem.NotFound, err)
		_, err = w.Speak(ctx, knock, from("a@mail.kz"), a)
		w.must(err)
		w.must(w.Adopt(ctx, w.keeper, d.ID, Adoption{On: w.Today()}))
		_, _, err = w.ConfirmByMail(ctx, last().Token)
		w.refused(problem.Conflict, err)
		got, err := w.AskedByMail(ctx, last().Token)
		w.must(err)
		if got.Text != aWord || w.counted("resolution_proposals") != 0 || w.counted("resolution_guests") != 0 {
			t.Errorf("half of it is written, or what was typed is lost: %+v", got)
		}
		_, err = w.Speak(ctx, knock, from("a@mail.kz"), a)
		w.refused(problem.Conflict, err)
	})
}

// Nobody's mailbox is flooded, and nobody guesses codes.
func TestLettersAreBounded(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		d := w.open()
		a := GuestAct{New: NewProposal{DocumentID: d.ID, Text: aWord}}
		var err error
		for n := 0; n < 20 && err == nil; n++ {
			_, err = w.Speak(t.Context(), knock, from("a@mail.kz"), a)
		}
		w.refused(problem.TooMany, err)
		if n := w.counted("tickets"); n != 10 {
			t.Errorf("%d letters to one address", n)
		}
		_, err = w.Speak(t.Context(), knock, from("b@mail.kz"), a)
		w.must(err)
	})
}

// Who has an account by then speaks as the account; who joins later takes over what was
// said before. Either way one person counts once.
func TestOneAddressIsOnePerson(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx, last := t.Context(), w.mailbox()
		d := w.open()
		p := w.propose(w.lead, d, w.ngo, "открыть центр")
		by := func(email string) {
			_, err := w.Speak(ctx, knock, from(email), GuestAct{Support: p.ID, New: NewProposal{DocumentID: d.ID}})
			w.must(err)
			_, _, err = w.ConfirmByMail(ctx, last().Token)
			w.must(err)
		}
		by("a@mail.kz")
		by("a@mail.kz")
		w.supported(p.ID, 1)
		acc, err := accounts.New(w.d, accounts.Options{})
		w.must(err)
		me, err := acc.Enrol(ctx, access.Portal("test"), accounts.NewPerson{Name: "a", Email: "a@mail.kz", Proved: true})
		w.must(err)
		w.must(w.Support(ctx, access.Actor{UserID: me.ID}, p.ID, false))
		w.supported(p.ID, 1)
		by("A@mail.kz")
		w.supported(p.ID, 1)
		if w.counted("resolution_guests") != 0 || last().Token != "" {
			t.Error("a guest is left beside the account")
		}
		w.must(w.Support(ctx, access.Actor{UserID: me.ID}, p.ID, true))
		w.supported(p.ID, 0)
	})
}

// Of many who press the button of one letter at once, one proposes.
func TestOneLinkProposesOnce(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx, last := t.Context(), w.mailbox()
		d := w.open()
		_, err := w.Speak(ctx, knock, from("a@mail.kz"), GuestAct{New: NewProposal{DocumentID: d.ID, Text: aWord}})
		w.must(err)
		token, taken := last().Token, make(chan error, 8)
		var all sync.WaitGroup
		for range cap(taken) {
			all.Go(func() {
				_, _, err := w.ConfirmByMail(ctx, token)
				taken <- err
			})
		}
		all.Wait()
		close(taken)
		n := 0
		for err := range taken {
			if err == nil {
				n++
			} else {
				w.refused(problem.NotFound, err)
			}
		}
		if n != 1 || w.counted("resolution_proposals") != 1 {
			t.Errorf("%d of one letter, %d proposals", n, w.counted("resolution_proposals"))
		}
	})
}

// Who registered for the forum speaks by the code, at once.
func TestAProposalByTheCodeOfARegistration(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx, last := t.Context(), w.mailbox()
		code := ""
		w.Forums.Hand = func(_ context.Context, _ *db.Tx, p forums.Pass) error {
			code = p.Registration.Code
			return nil
		}
		f, x := w.gathering()
		w.must(w.Forums.Register(ctx, access.Actor{}, f.ID, forums.NewRegistration{Kind: "ngo", PlaceID: w.whole, Consent: true, Private: forums.Private{Name: "А", Email: "a@mail.kz", Lang: i18n.KK}}))
		d, err := w.Begin(ctx, w.keeper, NewDocument{Kind: Resolution, Title: i18n.Text{KK: "Қарар", RU: "Резолюция"}, PlaceID: w.whole, ForumID: f.ID})
		w.must(err)
		say := func(code string, a GuestAct) (Proposal, error) {
			return w.Speak(ctx, knock, Guest{Code: code, Lang: i18n.RU, Consent: true}, a)
		}
		act := GuestAct{New: NewProposal{DocumentID: d.ID, SessionID: x, Text: aWord}}
		for _, wrong := range []string{"0000000", code + "1", "' OR 1"} {
			_, err = say(wrong, act)
			w.refused(problem.Invalid, err)
		}
		p, err := say(" "+code[:3]+"-"+code[3:], act)
		w.must(err)
		if p.ID == 0 || p.ByGuest == 0 || p.SessionID != x || last().News != NewsProposed || last().Email != "a@mail.kz" {
			t.Errorf("by the code: %+v, told %+v", p, last())
		}
		other := w.propose(w.lead, d, w.ngo, "открыть центр")
		for range 2 {
			_, err = say(code, GuestAct{Support: other.ID, New: NewProposal{DocumentID: d.ID}})
			w.must(err)
		}
		w.supported(other.ID, 1)
		elsewhere := w.open()
		_, err = say(code, GuestAct{New: NewProposal{DocumentID: elsewhere.ID, Text: aWord}})
		w.refused(problem.Invalid, err) // no forum, no codes
		for n := 1; n < mostADay; n++ {
			act.New.Text = i18n.Only(i18n.RU, fmt.Sprint("мысль ", n))
			_, err = say(code, act)
			w.must(err)
		}
		_, err = say(code, act)
		w.refused(problem.Conflict, err)
		w.verify()
	})
}

// Who was not heard of for a year is forgotten; what they said stays and stays counted.
func TestGuestsAreForgotten(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx, last := t.Context(), w.mailbox()
		d := w.open()
		p := w.propose(w.lead, d, w.ngo, "открыть центр")
		_, err := w.Speak(ctx, knock, from("a@mail.kz"), GuestAct{Support: p.ID, New: NewProposal{DocumentID: d.ID}})
		w.must(err)
		_, _, err = w.ConfirmByMail(ctx, last().Token)
		w.must(err)
		w.clock.Advance(keepGuest + time.Hour)
		w.must(w.d.Update(ctx, func(tx *db.Tx) error { return Holder().Expire(ctx, tx) }))
		if w.counted("resolution_guests") != 0 {
			t.Error("a guest is kept for longer than was said")
		}
		w.supported(p.ID, 1)
	})
}

// An account that is erased takes along what was said by its address before.
func TestErasingAnAccountErasesTheGuest(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx, last := t.Context(), w.mailbox()
		d := w.open()
		_, err := w.Speak(ctx, knock, from("a@mail.kz"), GuestAct{New: NewProposal{DocumentID: d.ID, Text: aWord}})
		w.must(err)
		p, _, err := w.ConfirmByMail(ctx, last().Token)
		w.must(err)
		acc, err := accounts.New(w.d, accounts.Options{})
		w.must(err)
		acc.Hold(Holder())
		me, err := acc.Enrol(ctx, access.Portal("test"), accounts.NewPerson{Name: "a", Email: "a@mail.kz", Proved: true})
		w.must(err)
		all, err := acc.Copy(ctx, access.Actor{UserID: me.ID})
		w.must(err)
		if list, _ := all["resolution_proposals"].([]Proposal); len(list) != 1 || list[0].ID != p.ID {
			t.Errorf("the copy lacks what was proposed by mail: %+v", all["resolution_proposals"])
		}
		w.must(acc.EraseMe(ctx, access.Actor{UserID: me.ID}, ""))
		var left Proposal
		w.must(w.d.View(ctx, func(tx *db.Tx) (err error) {
			left, err = proposalByID(ctx, tx, p.ID)
			return err
		}))
		if left.ByGuest != 0 || left.ByPerson != 0 || w.counted("resolution_guests") != 0 {
			t.Errorf("left: %+v", left)
		}
	})
}
