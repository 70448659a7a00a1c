// enrich.go -- adds the airline's name and kind, and whether it is late.
package export_wit_world

import (
	. "go.bytecodealliance.org/pkg/wit/types"
	. "wit_component/shop_flights_events"
	"wit_component/wit_world"
)

var config wit_world.Config

func Init(given wit_world.Config) Result[Unit, string] {
	config = given
	return Ok[Unit, string](Unit{})
}

func Process(e Departure) Result[Option[Enriched], string] {
	if len(e.Carrier) != 2 {
		why := "carrier '" + e.Carrier + "' is not two letters"
		return Err[Option[Enriched]](why)
	}

	out := Enriched{Flight: e, Kind: CarrierKind_Other}
	out.Airline = config.DefaultAirline
	if known := wit_world.Airlines(e.Carrier); known.IsSome() { // the table
		out.Airline, out.Kind = known.Some().Name, known.Some().Kind
	}
	out.Late = e.DepDelay.IsSome() && e.DepDelay.Some() > config.LateAfter
	return Ok[Option[Enriched], string](Some(out))
}
