package pdf

import "rsc.io/qr"

// posterSide is the side of a code that is read from a few steps away, in millimetres.
const posterSide = 110.0

// Poster draws an address as one large code in the middle, to be read from a few
// steps away.
func (d *Doc) Poster(address string) error {
	code, err := qr.Encode(address, qr.Q)
	if err != nil {
		return err
	}
	d.keep(posterSide + 12)
	y := d.f.GetY() + 6
	drawCode(d.f, code, margin+(d.width()-posterSide)/2, y, posterSide)
	d.f.SetXY(margin, y+posterSide+6)
	return nil
}
