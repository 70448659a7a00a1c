// enrich.rs -- adds the airline's name and kind, and whether it is late.
use std::sync::OnceLock;

wit_bindgen::generate!({ world: "enrich", path: "wit" });
use shop::flights::events::CarrierKind;

static CONFIG: OnceLock<Config> = OnceLock::new();

struct Enrich;
export!(Enrich);

impl Guest for Enrich {
    fn init(config: Config) -> Result<(), String> {
        CONFIG.set(config).map_err(|_| "init was called twice".into())
    }

    fn process(e: Departure) -> Result<Option<Enriched>, String> {
        if e.carrier.len() != 2 {
            return Err(format!("carrier '{}' is not two letters", e.carrier));
        }
        let config = CONFIG.get().ok_or("init was not called")?;
        let (airline, kind) = match airlines(&e.carrier) {
            Some(known) => (known.name, known.kind),
            None => (config.default_airline.clone(), CarrierKind::Other),
        };
        let late = e.dep_delay.is_some_and(|delay| delay > config.late_after);
        Ok(Some(Enriched { flight: e, airline, kind, late }))
    }
}
