package resolutions

import (
	"sync"
	"testing"
	"time"

	"birge/internal/accounts"
	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
)

// byMailed is a proposal that a guest makes by an address, and the link to all they said.
func (w *region) byMailed(d Document, email, text string, last func() GuestLetter) (p Proposal, mine string) {
	w.t.Helper()
	_, err := w.Speak(w.t.Context(), knock, from(email), GuestAct{New: NewProposal{DocumentID: d.ID, Text: i18n.Only(i18n.RU, text)}})
	w.must(err)
	p, _, err = w.ConfirmByMail(w.t.Context(), last().Token)
	w.must(err)
	return p, last().Token
}

// adoptedFrom is the accepted item that grows from a proposal.
func (w *region) adoptedFrom(d Document, p Proposal) Item {
	w.t.Helper()
	ctx, today := w.t.Context(), w.Today()
	out, err := w.Write(ctx, w.keeper, d.ID, []NewArticle{{Text: i18n.Text{KK: "орталық ашу", RU: "открыть центр"}, ProposalID: p.ID}})
	w.must(err)
	w.must(w.SetDuty(ctx, w.keeper, out[0].ID, 0, Duty{Asks: true, OwnerID: w.body, Due: today.AddDays(60), Measure: aWord}))
	w.must(w.LayOpen(ctx, w.keeper, d.ID, Opening{Until: today.AddDays(10)}))
	w.must(w.Adopt(ctx, w.keeper, d.ID, Adoption{On: today, AnswerBy: today.AddDays(5)}))
	y, err := w.Story(ctx, w.nobody, d.ID)
	w.must(err)
	i := y.Rows[len(y.Rows)-1].Item
	w.must(w.Reply(ctx, w.owner, i.ID, 0, Reply{Accept: true}))
	return i
}

// askedGuest is an item that a guest proposed and is asked to judge, with the link of
// the letter and the link to all they said.
func (w *region) askedGuest(last func() GuestLetter) (i Item, link, mine string) {
	w.t.Helper()
	d := w.open()
	p, mine := w.byMailed(d, "a@mail.kz", "открыть центр", last)
	i = w.adoptedFrom(d, p)
	w.must(w.Finish(w.t.Context(), w.owner, i.ID, 0, aWord, ""))
	l := last()
	if l.News != NewsJudge || l.Email != "a@mail.kz" || l.Token == "" || l.Path != i.Ref().Path || l.Proof != aWord || !l.Until.Time.Equal(w.clock.Now().Add(linkLife)) {
		w.t.Fatalf("the guest is told %+v", l)
	}
	return i, l.Token, mine
}

func TestAGuestDisputesByLink(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx, last := t.Context(), w.mailbox()
		i, token, mine := w.askedGuest(last)
		for range 2 { // reading changes nothing
			q, err := w.Question(ctx, Asking{Token: token})
			w.must(err)
			if q.Item.ID != i.ID || q.Item.Stage != ItemDone || q.Document.ID != i.DocumentID {
				t.Errorf("the link shows %+v", q)
			}
		}
		w.stands(i.ID, Kept)
		w.refused(problem.Forbidden, w.Judge(ctx, w.keeper, i.ID, 0, true, aWord))
		if y, err := w.ItemStory(ctx, w.keeper, i.ID); err != nil || y.May.Judge || y.JudgeUntil.IsZero() {
			t.Errorf("the keeper may judge what waits for its proposer: %+v, %v", y.May, err)
		}
		_, err := w.AnswerByLink(ctx, token, LinkAnswer{Proof: aWord})
		w.refused(problem.NotFound, err) // it is no link of the owner
		_, err = w.JudgeByLink(ctx, Asking{Token: w.letters[0].Token}, true, aWord)
		w.refused(problem.NotFound, err) // nor the owner's of the proposer
		_, err = w.JudgeByLink(ctx, Asking{Token: token}, false, i18n.Text{})
		w.refused(problem.Invalid, err) // without a reason: the link still works
		got, err := w.JudgeByLink(ctx, Asking{Token: token}, false, aWord)
		w.must(err)
		y := w.stands(i.ID, Disputed)
		if !got.JudgedByLink || y.Judgement != aWord || !y.JudgedByLink || y.Owed.DisputeText != aWord || y.Item.ByLink {
			t.Errorf("the dispute: %+v", y.Item)
		}
		for _, again := range []Asking{{Token: token}, {Token: mine, Item: i.ID}} {
			_, err = w.JudgeByLink(ctx, again, true, aWord)
			w.refused(problem.NotFound, err)
			_, err = w.Question(ctx, again)
			w.refused(problem.NotFound, err)
		}
		w.refused(problem.Forbidden, w.Judge(ctx, w.keeper, i.ID, 0, true, aWord)) // the proposer has spoken
		w.must(w.Finish(ctx, w.owner, i.ID, 0, aWord, ""))
		if last().Token == token || w.stands(i.ID, Kept).JudgedByLink {
			t.Error("what is done again is not judged again")
		}
		_, err = w.JudgeByLink(ctx, Asking{Token: mine, Item: i.ID}, true, i18n.Text{})
		w.must(err)
		if y := w.stands(i.ID, Kept); y.Stage != ItemConfirmed || !y.JudgedByLink {
			t.Errorf("confirmed from the page of what was said: %+v", y.Item)
		}
		w.verify()
	})
}

// A dispute by link leaves the item and the obligation as that of a proposer who has an
// account does.
func TestADisputeByLinkIsADispute(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx, last := t.Context(), w.mailbox()
		one, token, _ := w.askedGuest(last)
		_, err := w.JudgeByLink(ctx, Asking{Token: token}, false, aWord)
		w.must(err)
		d := w.open()
		two := w.adoptedFrom(d, w.propose(w.nobody, d, 0, "открыть центр"))
		w.must(w.Finish(ctx, w.owner, two.ID, 0, aWord, ""))
		w.must(w.Judge(ctx, w.nobody, two.ID, 0, false, aWord))
		a, b := w.stands(one.ID, Disputed), w.stands(two.ID, Disputed)
		if a.Stage != b.Stage || a.Version != b.Version || a.JudgedOn != b.JudgedOn || a.Judgement != b.Judgement || a.Owed.DisputedOn != b.Owed.DisputedOn || a.Owed.DisputeText != b.Owed.DisputeText || a.Owed.Outcome != b.Owed.Outcome {
			t.Errorf("by link %+v, by an account %+v", a.Item, b.Item)
		}
	})
}

// Each link judges the item for which it was mailed, and no other.
func TestALinkJudgesItsOwnItem(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx, last := t.Context(), w.mailbox()
		i, _, mine := w.askedGuest(last)
		d := w.open()
		p, other := w.byMailed(d, "b@mail.kz", "посадить сад", last)
		j := w.adoptedFrom(d, p)
		w.must(w.Finish(ctx, w.owner, j.ID, 0, aWord, ""))
		token := last().Token
		for _, a := range []Asking{{Token: mine, Item: j.ID}, {Token: other, Item: i.ID}, {Token: mine}, {Token: token, Item: i.ID}, {Token: token + "x"}, {}} {
			_, err := w.JudgeByLink(ctx, a, true, aWord)
			w.refused(problem.NotFound, err)
			_, err = w.Question(ctx, a)
			w.refused(problem.NotFound, err)
		}
		_, err := w.JudgeByLink(ctx, Asking{Token: token}, true, aWord)
		w.must(err)
		if y, err := w.ItemStory(ctx, w.nobody, i.ID); err != nil || y.Stage != ItemDone {
			t.Errorf("another item is judged: %+v, %v", y.Item, err)
		}
	})
}

// After the date of the link, and where nobody can be asked any more, who keeps the
// document judges.
func TestWithoutTheGuestTheKeeperJudges(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx, last := t.Context(), w.mailbox()
		i, token, mine := w.askedGuest(last)
		w.clock.Advance(linkLife)
		for _, a := range []Asking{{Token: token}, {Token: mine, Item: i.ID}} {
			_, err := w.JudgeByLink(ctx, a, true, aWord)
			w.refused(problem.NotFound, err)
		}
		w.must(w.Judge(ctx, w.keeper, i.ID, 0, false, aWord))
		w.must(w.Finish(ctx, w.owner, i.ID, 0, aWord, ""))
		token = last().Token
		w.refused(problem.Forbidden, w.Judge(ctx, w.keeper, i.ID, 0, true, aWord))
		w.must(w.EraseByLink(ctx, mine))
		_, err := w.JudgeByLink(ctx, Asking{Token: token}, true, aWord)
		w.refused(problem.NotFound, err)
		if w.counted("resolution_items WHERE proposer_guest IS NOT NULL") != 0 || w.counted("resolution_links WHERE to_id NOT IN (SELECT id FROM organizations)") != 0 {
			t.Error("something is left of who was erased")
		}
		w.must(w.Judge(ctx, w.keeper, i.ID, 0, true, aWord))
		if y := w.stands(i.ID, Kept); y.Stage != ItemConfirmed || y.JudgedByLink {
			t.Errorf("the keeper's word: %+v", y.Item)
		}
		w.verify()
	})
}

// Of several proposers who were merged the one whose proposal stands is asked; the
// others see what became of it.
func TestOfMergedGuestsOneIsAsked(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx, last := t.Context(), w.mailbox()
		d := w.open()
		stands, hers := w.byMailed(d, "a@mail.kz", "открыть центр", last)
		merged, his := w.byMailed(d, "b@mail.kz", "открыть один центр", last)
		w.must(w.Merge(ctx, w.keeper, merged.ID, stands.ID))
		i := w.adoptedFrom(d, stands)
		w.must(w.Finish(ctx, w.owner, i.ID, 0, aWord, ""))
		if last().Email != "a@mail.kz" {
			t.Errorf("asked is %s", last().Email)
		}
		for mine, asked := range map[string]bool{hers: true, his: false} {
			y, err := w.SaidByGuest(ctx, mine)
			w.must(err)
			if len(y.Items) != 1 || y.Items[0].Item.ID != i.ID || y.Items[0].Standing != Kept || y.Items[0].JudgeUntil.IsZero() == asked {
				t.Errorf("the page of %s shows %+v", y.Email, y.Items)
			}
		}
		_, err := w.JudgeByLink(ctx, Asking{Token: his, Item: i.ID}, true, aWord)
		w.refused(problem.NotFound, err)
	})
}

// Who made an account since judges by it, also what was carried to the next document.
func TestAGuestWhoMadeAnAccountJudgesByIt(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx, last := t.Context(), w.mailbox()
		i, token, _ := w.askedGuest(last)
		_, err := w.JudgeByLink(ctx, Asking{Token: token}, false, aWord)
		w.must(err)
		next := w.adopted(i.DocumentID)
		w.must(w.Carry(ctx, w.keeper, i.ID, 0, next.ID))
		heir := w.stands(w.stands(i.ID, Disputed).CarriedTo, NoOwner)
		acc, err := accounts.New(w.d, accounts.Options{})
		w.must(err)
		me, err := acc.Enrol(ctx, access.Portal("test"), accounts.NewPerson{Name: "a", Email: "a@mail.kz", Proved: true})
		w.must(err)
		w.must(w.d.Update(ctx, func(tx *db.Tx) error {
			_, err := oneself(ctx, tx, access.Actor{UserID: me.ID})
			return err
		}))
		w.must(w.Assign(ctx, w.keeper, heir.ID, 0, Ask{OwnerID: w.body, Due: w.Today().AddDays(30), Measure: aWord, AnswerBy: w.Today().AddDays(5)}))
		w.must(w.Reply(ctx, w.owner, heir.ID, 0, Reply{Accept: true}))
		w.must(w.Finish(ctx, w.owner, heir.ID, 0, aWord, ""))
		w.refused(problem.Forbidden, w.Judge(ctx, w.keeper, heir.ID, 0, true, aWord))
		w.must(w.Judge(ctx, access.Actor{UserID: me.ID}, heir.ID, 0, true, aWord))
		w.verify()
	})
}

// Of many who press the same button at once, one judges; to the others the link is over.
func TestOneLinkJudgesOnce(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		i, token, mine := w.askedGuest(w.mailbox())
		errs := make([]error, 8)
		var all sync.WaitGroup
		for n := range errs {
			a := Asking{Token: token}
			if n%2 == 1 {
				a = Asking{Token: mine, Item: i.ID}
			}
			all.Go(func() { _, errs[n] = w.JudgeByLink(t.Context(), a, true, aWord) })
		}
		all.Wait()
		taken := 0
		for _, err := range errs {
			if err == nil {
				taken++
			} else {
				w.refused(problem.NotFound, err)
			}
		}
		if taken != 1 {
			t.Errorf("%d words were taken: %v", taken, errs)
		}
		w.verify()
	})
}

// Nobody is asked who left no address.
func TestWithoutAnAddressNobodyIsAsked(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx, last := t.Context(), w.mailbox()
		d := w.open()
		p, _ := w.byMailed(d, "a@mail.kz", "открыть центр", last)
		w.must(w.d.Update(ctx, func(tx *db.Tx) error {
			return tx.ExecOne(ctx, `UPDATE resolution_guests SET email = '', email_folded = NULL WHERE id = $1`, p.ByGuest)
		}))
		i := w.adoptedFrom(d, p)
		w.clock.Advance(time.Hour)
		w.must(w.Finish(ctx, w.owner, i.ID, 0, aWord, ""))
		if last().News == NewsJudge {
			t.Errorf("somebody is told %+v", last())
		}
		w.must(w.Judge(ctx, w.keeper, i.ID, 0, true, aWord))
	})
}
