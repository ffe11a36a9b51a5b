package forums

import (
	"testing"

	"birge/internal/platform/problem"
)

// Of an open vote everybody sees what each numbered voice chose and for whom each
// mandate voted; who a person is, only the organizer and the moderator see. Of a secret
// vote nobody sees anything.
func TestWhoChoseWhat(t *testing.T) {
	inRegion(t, func(t *testing.T, w *region) {
		ctx, h, other := t.Context(), w.inHall(11), w.inHall(1)
		w.must(w.GiveMandates(ctx, w.lead, h.ID, []NewMandate{{h.codes[0], "«А» ҚБ"}, {h.codes[1], "«Б» ҚБ"}}))
		cast := func(m Manner, people int) Vote {
			v := h.vote(m, true)
			_, err := w.Roll(ctx, w.lead, h.ID, v.ID)
			w.refused(err, problem.NotFound) // nothing is counted yet
			for i, link := range h.links[:people] {
				w.must(w.Cast(ctx, nobody, link, v.ID, int64(i%2), true))
			}
			v, err = w.CloseVote(ctx, nobody, h.lead, v.ID)
			w.must(err)
			return v
		}
		open, mandate, secret := cast(Openly, 3), cast(ByMandate, 2), cast(Secretly, 11)
		public, err := w.Roll(ctx, nobody, h.ID, open.ID)
		w.must(err)
		if len(public.Voices) != 3 || public.Named || len(public.Own()) != 0 {
			t.Errorf("%+v", public)
		}
		for i, x := range public.Voices {
			if x.No != int64(i+1) || x.Choice != int64(i%2) || x.Name != "" || x.From != "" || x.Of != "" {
				t.Errorf("everybody sees %+v", x)
			}
		}
		stranger, err := w.Roll(ctx, w.stranger, h.ID, open.ID)
		w.must(err)
		if stranger.Named || stranger.Voices[0].Name != "" {
			t.Error("a stranger sees names")
		}
		mine, err := w.RollByLink(ctx, h.links[1], open.ID)
		w.must(err)
		if own := mine.Own(); len(own) != 1 || own[0].No != 2 || own[0].Choice != 1 || mine.Named || mine.Voices[0].Name != "" {
			t.Errorf("who voted second sees %+v", mine)
		}
		led, err := w.RollByLink(ctx, h.lead, open.ID)
		w.must(err)
		kept, err := w.Roll(ctx, w.officer, h.ID, open.ID)
		w.must(err)
		if !led.Named || led.Voices[0].Name == "" || !kept.Named || kept.Voices[0].From == "" {
			t.Errorf("who leads sees %+v, who keeps %+v", led.Voices[0], kept.Voices[0])
		}
		by, err := w.Roll(ctx, nobody, h.ID, mandate.ID)
		w.must(err)
		if len(by.Voices) != 2 || by.Voices[0].Of != "«А» ҚБ" || by.Voices[1].Of != "«Б» ҚБ" || by.Voices[0].Name != "" {
			t.Errorf("by mandate: %+v", by.Voices)
		}
		_, err = w.Roll(ctx, w.lead, h.ID, secret.ID)
		w.refused(err, problem.NotFound)
		_, err = w.Roll(ctx, w.lead, other.ID, open.ID)
		w.refused(err, problem.NotFound)
		_, err = w.RollByLink(ctx, other.links[0], open.ID)
		w.refused(err, problem.NotFound)
	})
}
