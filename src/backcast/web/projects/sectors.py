"""What the sectors that plans use are called; any other sector is read as it was written."""

from __future__ import annotations

from backcast.web.ui.reading import in_either

SECTORS = {
    "5g": ("5G", "5G"),
    "airport": ("airports", "机场"),
    "charging": ("charging", "充电设施"),
    "coal": ("coal", "煤炭"),
    "communications": ("communications", "信息通信"),
    "compute_network": ("computing network", "算力网络"),
    "computing": ("computing", "算力"),
    "data": ("data", "数据资源"),
    "data_centre": ("data centres", "数据中心"),
    "energy_storage": ("energy storage", "储能"),
    "government": ("government services", "政务服务"),
    "health": ("health", "卫生健康"),
    "highway": ("expressways", "高速公路"),
    "hydrogen": ("hydrogen", "氢能"),
    "industrial_internet": ("industrial internet", "工业互联网"),
    "industry": ("industry", "工业"),
    "innovation": ("innovation", "科技创新"),
    "laboratory": ("laboratories", "实验室"),
    "logistics": ("logistics", "物流"),
    "new_infrastructure": ("new infrastructure", "新型基础设施"),
    "park": ("industrial parks", "产业园区"),
    "park_infrastructure": ("infrastructure of parks", "园区基础设施"),
    "power": ("power", "电力"),
    "pumped_storage": ("pumped storage", "抽水蓄能"),
    "railway": ("railways", "铁路"),
    "research": ("research", "科研"),
    "road": ("roads", "公路"),
    "science_facility": ("science facilities", "科学装置"),
    "security": ("security", "网络安全"),
    "smart_coal_mine": ("intelligent coal mines", "智能化煤矿"),
    "solar": ("solar power", "光伏发电"),
    "tourism": ("tourism", "文化旅游"),
    "transport": ("transport", "交通"),
    "water": ("water", "水利"),
    "wind": ("wind power", "风电"),
}
"""English and Chinese by code."""


def sector_name(code: str) -> str:
    """Return what a sector is called in the reader's language."""
    english, chinese = SECTORS.get(code, (code.replace("_", " "), code))
    return in_either(english, chinese)
